"""``!desired_count``: 0 while a service is to stand still, and else CloudFormation leaves it alone.

Example::

    parameters:
      DesiredCount: !desired_count
        repository: sentry/oms-dev
        cluster: sentry-oms-dev
        service: sentry-oms-service-dev
        container: oms
        count: 1

A service has no task while it has no image, and while ``count`` is 0. Otherwise never a number: a
count passed once and -1 later would be an update each time, and would undo what auto scaling did.
``!start_service`` raises it from 0.
"""

from __future__ import annotations

from sceptre.resolvers import Resolver

from sentry_oms.arguments import parse
from sentry_oms.aws.service_image import ServiceImage, decide, refuse_to_stop

LEAVE_ALONE, STOPPED = "-1", "0"


class DesiredCount(Resolver):
    """Resolves to ``0`` or ``-1``, by the same decision as ``!ecr_image_tag``."""

    model = ServiceImage

    def stand_in(self, _: str) -> str:
        """Return the count as if there were an image, for checks that may not ask AWS."""
        return LEAVE_ALONE if parse(self.model, self).count else STOPPED

    def resolve(self) -> str:
        """Return the count.

        Raises:
            ForeignImage: the service has tasks, is not to be stopped, and has no image of ours.
        """
        wanted = parse(self.model, self)
        if not wanted.count:
            return STOPPED
        if decide(self.stack, wanted):
            return LEAVE_ALONE
        refuse_to_stop(self.stack, wanted)
        return STOPPED
