"""``!ecr_repository_uri``: the URI of an ECR repository, the first part of an image's name.

Example::

    parameters:
      ECRRepositoryUri: !ecr_repository_uri sentry/oms-dev
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sceptre.exceptions import SceptreException
from sceptre.resolvers import Resolver

from sentry_oms.arguments import parse, tag_name
from sentry_oms.aws.repositories import described
from sentry_oms.names import RepositoryName


class RepositoryNotFound(SceptreException):
    """Raised if the repository does not exist in the stack's region."""


class Argument(BaseModel):
    """Argument of the tag: a mapping, or the repository's name alone."""

    model_config = ConfigDict(extra="forbid")

    name: RepositoryName


class EcrRepositoryUri(Resolver):
    """Resolve to ``<account>.dkr.ecr.<region>.amazonaws.com/<name>``, as ECR gives it."""

    model = Argument
    shorthand = "name"

    def stand_in(self, account: str) -> str:
        """Return the expected URI, for offline checks."""
        name = parse(self.model, self, self.shorthand).name
        return f"{account}.dkr.ecr.{self.stack.region}.amazonaws.com/{name}"

    def resolve(self) -> str:
        """Return the URI.

        Raises:
            RepositoryNotFound: the repository does not exist.
        """
        wanted = parse(self.model, self, self.shorthand)
        repository = described(self.stack, wanted.name)
        if repository is None:
            raise RepositoryNotFound(
                f"{self.stack.name}: {tag_name(self)} name: there is no repository "
                f"'{wanted.name}' in {self.stack.region}: add the hook "
                f"!ecr_repository {wanted.name} to the stack, or correct the name"
            )
        return str(repository["repositoryUri"])
