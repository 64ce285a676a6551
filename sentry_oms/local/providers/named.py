"""Types whose names must be unique: ministack's create takes over a resource of the same name.

A relaunch would lose the rows of a retained table, and a second stack would take the queue of the
first. AWS refuses the create; a retained resource is imported instead.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.local.provider import AlreadyExistsError, Place, Properties, Repair, Resource


class Named(Repair):
    """A repair that checks the name before it creates the resource."""

    name_property: ClassVar[str]

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the resource unless its name is taken."""
        name = properties.get(self.name_property)
        if name and self.exists(str(name)):
            raise AlreadyExistsError(self.type.rpartition("::")[2], str(name))
        return super().create(place, properties)

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Whether the service has a resource of that name."""


class Queue(Named):
    """``AWS::SQS::Queue``."""

    type = "AWS::SQS::Queue"
    name_property = "QueueName"

    def exists(self, name: str) -> bool:
        """Whether SQS has the queue."""
        sqs = self.aws.client("sqs")
        absent = "AWS.SimpleQueueService.NonExistentQueue"
        return none_if_absent(lambda: sqs.get_queue_url(QueueName=name), absent) is not None


class LogGroup(Named):
    """``AWS::Logs::LogGroup``."""

    type = "AWS::Logs::LogGroup"
    name_property = "LogGroupName"

    def exists(self, name: str) -> bool:
        """Whether CloudWatch Logs has the group."""
        groups = self.aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return any(group["logGroupName"] == name for group in groups)


class BuildProject(Named):
    """``AWS::CodeBuild::Project``."""

    type = "AWS::CodeBuild::Project"
    name_property = "Name"

    def exists(self, name: str) -> bool:
        """Whether CodeBuild has the project."""
        return bool(self.aws.client("codebuild").batch_get_projects(names=[name])["projects"])


class KeyAlias(Named):
    """``AWS::KMS::Alias``."""

    type = "AWS::KMS::Alias"
    name_property = "AliasName"

    def exists(self, name: str) -> bool:
        """Whether KMS has the alias."""
        pages = self.aws.client("kms").get_paginator("list_aliases").paginate()
        return any(alias["AliasName"] == name for page in pages for alias in page["Aliases"])
