"""``!ecr_repository``: create the repository of a service's images, and reconcile its settings.

Example::

    hooks:
      before_create:
        - !ecr_repository sentry/oms-dev
      before_update:
        - !ecr_repository sentry/oms-dev

The images must survive the deletion of the stack. So no template owns the repository.

Every launch restores scanning and immutable tags. Tags and lifecycle policy are reconciled if the
stack or the repository is new, or if the stack's tags change; the policy also at every launch if
``keep`` is set.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sceptre.exceptions import SceptreException
from sceptre.hooks import Hook

from sentry_oms.arguments import parse, tag_name
from sentry_oms.aws.absence import none_if_absent
from sentry_oms.aws.repositories import described
from sentry_oms.aws.view import VIEW, StackKey
from sentry_oms.names import RepositoryName


class RepositoryMismatch(SceptreException):
    """Raised if the repository differs in a setting that can't be changed after its creation."""


class Argument(BaseModel):
    """Argument of the tag: a mapping, or the repository's name alone."""

    model_config = ConfigDict(extra="forbid")

    name: RepositoryName
    keep: int | None = Field(
        default=None,
        ge=1,
        description="number of newest images to keep; 50 if unset",
    )
    kms_key: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:kms:",
        description="ARN; else ECR's own AES256",
    )


class EcrRepository(Hook):
    """Create the repository if it is missing, and reconcile its settings."""

    model = Argument
    shorthand = "name"

    def run(self) -> None:
        """Make one call if nothing changes, and two more if the stack is new or its tags change."""
        wanted = parse(self.model, self, self.shorthand)
        existing = described(self.stack, wanted.name)
        repository = existing or self._created(wanted)
        self._refuse_other_encryption(wanted, repository)
        name = wanted.name
        if not repository.get("imageScanningConfiguration", {}).get("scanOnPush"):
            self._change("put_image_scanning_configuration", name, **SCANNING)
        if repository.get("imageTagMutability") != "IMMUTABLE":
            self._change("put_image_tag_mutability", name, imageTagMutability="IMMUTABLE")
        is_settled = existing is not None and self._stack_has_its_tags()
        if wanted.keep is not None or not is_settled:
            self._keep(name, wanted.keep or KEEP)
        if not is_settled:
            self._tag(repository["repositoryArn"])

    def _created(self, wanted: Argument) -> dict[str, Any]:
        self.logger.info("Creating ECR repository %s", wanted.name)
        response = self._ecr(
            "create_repository",
            repositoryName=wanted.name,
            imageTagMutability="IMMUTABLE",
            encryptionConfiguration=encryption(wanted),
            **SCANNING,
        )
        repository: dict[str, Any] = response["repository"]
        return repository

    def _stack_has_its_tags(self) -> bool:
        """Return whether the stack exists with the tags that it has in config."""
        stack = VIEW.seen(StackKey.of(self.stack))
        actual = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])} if stack else {}
        return bool(stack) and not self._tags().items() - actual.items()

    def _tags(self) -> dict[str, str]:
        return {str(key): str(value) for key, value in self.stack.tags.items()}

    def _keep(self, name: str, images: int) -> None:
        policy = lifecycle(images)
        if self._lifecycle(name) != policy:
            self._change("put_lifecycle_policy", name, lifecyclePolicyText=json.dumps(policy))

    def _refuse_other_encryption(self, wanted: Argument, repository: Mapping[str, Any]) -> None:
        actual = repository.get("encryptionConfiguration", {"encryptionType": "AES256"})
        if actual != encryption(wanted):
            raise RepositoryMismatch(
                f"{self.stack.name}: {tag_name(self)} kms_key: repository '{wanted.name}' is "
                f"encrypted with {actual.get('kmsKey', actual['encryptionType'])}, which can't be "
                "changed: move its images to a new repository, or correct the argument"
            )

    def _lifecycle(self, name: str) -> Any:
        response = none_if_absent(
            lambda: self._ecr("get_lifecycle_policy", repositoryName=name),
            "LifecyclePolicyNotFoundException",
        )
        return json.loads(response["lifecyclePolicyText"]) if response else None

    def _tag(self, arn: str) -> None:
        response = self._ecr("list_tags_for_resource", resourceArn=arn)
        actual = {tag["Key"]: tag["Value"] for tag in response["tags"]}
        wanted = self._tags()
        if wanted.items() - actual.items():
            tags = [{"Key": key, "Value": value} for key, value in wanted.items()]
            self._ecr("tag_resource", resourceArn=arn, tags=tags)

    def _change(self, command: str, name: str, **setting: Any) -> None:
        self.logger.info("Changing ECR repository %s: %s", name, command.removeprefix("put_"))
        self._ecr(command, repositoryName=name, **setting)

    def _ecr(self, command: str, **kwargs: Any) -> Any:
        return self.stack.connection_manager.call(service="ecr", command=command, kwargs=kwargs)


KEEP = 50
"""Number of images that a new repository keeps."""

SCANNING = {"imageScanningConfiguration": {"scanOnPush": True}}


def encryption(wanted: Argument) -> dict[str, str]:
    """Return the encryption configuration of ECR."""
    if wanted.kms_key:
        return {"encryptionType": "KMS", "kmsKey": wanted.kms_key}
    return {"encryptionType": "AES256"}


def lifecycle(keep: int) -> dict[str, Any]:
    """Return a policy that expires untagged images after a week, and keeps the newest others."""
    rules = [
        {
            "description": "Expire untagged images after a week",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 7,
            },
        },
        {
            "description": f"Keep the newest {keep} images",
            "selection": {
                "tagStatus": "any",
                "countType": "imageCountMoreThan",
                "countNumber": keep,
            },
        },
    ]
    return {
        "rules": [
            {"rulePriority": priority, **rule, "action": {"type": "expire"}}
            for priority, rule in enumerate(rules, start=1)
        ]
    }
