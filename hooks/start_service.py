"""``!start_service``: raises a service that stands at 0 once its image exists.

Example::

    hooks:
      after_create:
        - !start_service {cluster: sentry-oms-dev, service: sentry-oms-service-dev, container: oms,
                          repository: sentry/oms-dev, count: 1}
      after_update:
        - !start_service {...}

A service comes up without tasks while no image exists. When one does, CloudFormation is told to
leave the count alone, so somebody must raise it; after that the count is auto scaling's.

Sceptre runs after_create and after_update after a failure too. So the hook looks at what the
service really runs, and not at what the launch wanted.
"""

from __future__ import annotations

from pydantic import Field
from sceptre.hooks import Hook

from sentry_oms.arguments import parse
from sentry_oms.service_image import ServiceImage, described, has_tag, running_tag


class Argument(ServiceImage):
    """What the tag takes: the service, and how many tasks it starts with."""

    count: int = Field(ge=0, description="tasks to start with; 0 leaves the service stopped")


class StartService(Hook):
    """Raises the count from 0, and touches nothing else."""

    model = Argument

    def run(self) -> None:
        """One call where the service runs; says what is missing where it can't."""
        wanted = parse(self.model, self)
        connection = self.stack.connection_manager
        service = described(self.stack, wanted)
        if service is None or service["desiredCount"] > 0 or not wanted.count:
            return
        tag = running_tag(self.stack, service, wanted)
        if tag is None or not has_tag(connection, wanted.repository, tag):
            self.logger.warning(
                "%s has no image yet and stands at 0 tasks: push one to %s, and launch again",
                wanted.service,
                wanted.repository,
            )
            return
        self.logger.info("Starting %s with %s task(s) of %s", wanted.service, wanted.count, tag)
        connection.call(
            service="ecs",
            command="update_service",
            kwargs={
                "cluster": wanted.cluster,
                "service": wanted.service,
                "desiredCount": wanted.count,
            },
        )
