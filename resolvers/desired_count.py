"""``!desired_count``: 0 while a service has no image, and else CloudFormation leaves it alone.

Example::

    parameters:
      DesiredCount: !desired_count
        repository: sentry/oms-dev
        cluster: sentry-oms-dev
        service: sentry-oms-service-dev
        container: oms

Never a number that changes from launch to launch: a count passed once and -1 later would be an
update each time, and would undo what auto scaling did. ``!start_service`` raises it from 0.
"""

from __future__ import annotations

from sceptre.resolvers import Resolver

from sentry_oms.arguments import parse
from sentry_oms.service_image import ServiceImage, decide

LEAVE_ALONE = "-1"


class DesiredCount(Resolver):
    """Resolves to ``0`` or ``-1``, by the same decision as ``!ecr_image_tag``."""

    model = ServiceImage

    def stand_in(self, _: str) -> str:
        """As once there is an image, for who may not ask AWS."""
        return LEAVE_ALONE

    def resolve(self) -> str:
        """The count."""
        return LEAVE_ALONE if decide(self.stack, parse(self.model, self)) else "0"
