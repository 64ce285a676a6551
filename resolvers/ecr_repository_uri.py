"""``!ecr_repository_uri``: the URI of an ECR repository, as an image's name begins with it.

Example::

    parameters:
      ECRRepositoryUri: !ecr_repository_uri sentry/oms-dev

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sceptre.exceptions import SceptreException
from sceptre.resolvers import Resolver

from sentry_oms.absence import none_if_absent
from sentry_oms.arguments import parse, tag_name
from sentry_oms.names import RepositoryName


class RepositoryNotFound(SceptreException):
    """The account has no such repository in the stack's region."""


class Argument(BaseModel):
    """What the tag takes: a mapping, or the repository's name alone."""

    model_config = ConfigDict(extra="forbid")

    name: RepositoryName


class EcrRepositoryUri(Resolver):
    """Resolves to ``<account>.dkr.ecr.<region>.amazonaws.com/<name>``, as ECR gives it."""

    model = Argument
    shorthand = "name"

    def resolve(self) -> str:
        """The URI; raises RepositoryNotFound."""
        wanted = parse(self.model, self, self.shorthand)
        response = none_if_absent(
            lambda: self.stack.connection_manager.call(
                service="ecr",
                command="describe_repositories",
                kwargs={"repositoryNames": [wanted.name]},
            ),
            "RepositoryNotFoundException",
        )
        if response is None:
            raise RepositoryNotFound(
                f"{self.stack.name}: {tag_name(self)} name: there is no repository "
                f"'{wanted.name}' in {self.stack.region}: add the hook "
                f"!ecr_repository {wanted.name} to the stack, or correct the name"
            )
        return str(response["repositories"][0]["repositoryUri"])
