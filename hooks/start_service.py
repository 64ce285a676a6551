"""``!start_service``: raises a service that stands at 0 once its image exists.

A ``count`` of 0 does the opposite: a service that has tasks is stopped.

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

from sceptre.hooks import Hook

from sentry_oms.arguments import parse
from sentry_oms.aws.service_image import ServiceImage, described, has_tag, running_tag


class StartService(Hook):
    """Raises the count from 0, or holds it at 0; touches nothing else."""

    model = ServiceImage

    def run(self) -> None:
        """Make one call if nothing is to be done; say what is missing if it can't start."""
        wanted = parse(self.model, self)
        service = described(self.stack, wanted)
        if service is None or bool(service["desiredCount"]) == bool(wanted.count):
            return
        if not wanted.count:
            self.logger.info("Stopping %s, whose count is 0 in config", wanted.service)
            self._set_count(wanted, 0)
            return
        tag = running_tag(self.stack, service, wanted)
        if tag is None or not has_tag(self.stack.connection_manager, wanted.repository, tag):
            self.logger.warning(
                "%s has no image yet and stands at 0 tasks: push one to %s, and launch again",
                wanted.service,
                wanted.repository,
            )
            return
        self.logger.info("Starting %s with %s task(s) of %s", wanted.service, wanted.count, tag)
        self._set_count(wanted, wanted.count)

    def _set_count(self, wanted: ServiceImage, count: int) -> None:
        self.stack.connection_manager.call(
            service="ecs",
            command="update_service",
            kwargs={
                "cluster": wanted.cluster,
                "service": wanted.service,
                "desiredCount": count,
            },
        )
