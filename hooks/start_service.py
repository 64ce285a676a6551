"""``!start_service``: start a service without tasks once its image exists.

With a ``count`` of 0 the hook stops the service.

Example::

    hooks:
      after_create:
        - !start_service {cluster: sentry-oms-dev, service: sentry-oms-service-dev, container: oms,
                          repository: sentry/oms-dev, count: 1}
      after_update:
        - !start_service {...}

A service is created without tasks while its image does not exist. CloudFormation then leaves the
count alone, so this hook raises it once; after that, auto scaling controls it.

Sceptre runs after_create and after_update after a failure, too. So the hook checks the image that
the service runs, not the one that the launch decided on.
"""

from __future__ import annotations

from sceptre.hooks import Hook

from sentry_oms.arguments import parse
from sentry_oms.aws.no_image import NO_IMAGE_YET, no_image_yet
from sentry_oms.aws.repositories import has_tag
from sentry_oms.aws.service_image import ServiceImage, described, running_tag, update
from sentry_oms.aws.view import VIEW


class StartService(Hook):
    """Raise the count from 0, or set it to 0."""

    model = ServiceImage

    def run(self) -> None:
        """Make one call if nothing changes; say if the image is missing."""
        wanted = parse(self.model, self)
        service = described(self.stack, wanted)
        if service is None or bool(service["desiredCount"]) == bool(wanted.count):
            return
        if not wanted.count:
            self.logger.info("Stopping %s, whose count is 0 in config", wanted.service)
            update(self.stack, wanted, desiredCount=0)
            return
        tag = running_tag(self.stack, service, wanted)
        if tag is None or not has_tag(self.stack.connection_manager, wanted.repository, tag):
            self._say_no_image(f"{wanted.service} ({wanted.repository})")
            return
        self.logger.info("Starting %s with %s task(s) of %s", wanted.service, wanted.count, tag)
        update(self.stack, wanted, desiredCount=wanted.count)

    def _say_no_image(self, service: str) -> None:
        """Say it now, or with Sceptre's executor replaced, once for all services at the end."""
        if self.stack.stack_group_config.get("executor") == "ready_queue":
            VIEW.note(NO_IMAGE_YET, service)
        else:
            self.logger.warning("%s", no_image_yet([service]))
