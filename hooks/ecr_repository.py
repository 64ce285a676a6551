"""``!ecr_repository``: the repository of a service's image exists, and scans what is pushed.

Example::

    hooks:
      before_create:
        - !ecr_repository sentry/oms-dev
      before_update:
        - !ecr_repository sentry/oms-dev

A repository outlives its stack, because a stack that is deleted must not take the images of what
was deployed with it. So no template owns it, and this hook makes it.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict
from sceptre.hooks import Hook

from sentry_oms.arguments import parse
from sentry_oms.names import RepositoryName


class Argument(BaseModel):
    """What the tag takes: a mapping, or the repository's name alone."""

    model_config = ConfigDict(extra="forbid")

    name: RepositoryName


class EcrRepository(Hook):
    """Creates the repository where it is missing, and turns scanning on where it is off."""

    def run(self) -> None:
        """One call where nothing is to be done."""
        wanted = parse(Argument, self, shorthand="name")
        repository = self._described(wanted.name)
        if repository is None:
            self.logger.info("Creating ECR repository %s", wanted.name)
            self._ecr(
                "create_repository",
                repositoryName=wanted.name,
                imageScanningConfiguration={"scanOnPush": True},
                tags=[{"Key": key, "Value": value} for key, value in self.stack.tags.items()],
            )
        elif not repository.get("imageScanningConfiguration", {}).get("scanOnPush"):
            self.logger.info("Turning scan on push on in %s", wanted.name)
            self._ecr(
                "put_image_scanning_configuration",
                repositoryName=wanted.name,
                imageScanningConfiguration={"scanOnPush": True},
            )

    def _described(self, name: str) -> dict[str, Any] | None:
        try:
            response = self._ecr("describe_repositories", repositoryNames=[name])
        except ClientError as error:
            if error.response["Error"]["Code"] == "RepositoryNotFoundException":
                return None
            raise
        repository: dict[str, Any] = response["repositories"][0]
        return repository

    def _ecr(self, command: str, **kwargs: Any) -> Any:
        return self.stack.connection_manager.call(service="ecr", command=command, kwargs=kwargs)
