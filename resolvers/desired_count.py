"""``!desired_count``: 0 for a service that must not run, else -1: CloudFormation keeps the count.

Example::

    parameters:
      DesiredCount: !desired_count
        repository: sentry/oms-dev
        cluster: sentry-oms-dev
        service: sentry-oms-service-dev
        container: oms
        count: 1

A service must not run without an image, or with a ``count`` of 0. Otherwise the value is never a
number, because a number would be an update that undoes auto scaling. ``!start_service`` raises the
count from 0.
"""

from __future__ import annotations

from sceptre.resolvers import Resolver

from sentry_oms.arguments import parse
from sentry_oms.aws.service_image import ServiceImage, decide, refuse_to_stop

LEAVE_ALONE, STOPPED = "-1", "0"


class DesiredCount(Resolver):
    """Resolve to ``0`` or ``-1`` by the same decision as ``!ecr_image_tag``."""

    model = ServiceImage

    def stand_in(self, _: str) -> str:
        """Return the count of a service with an image, for offline checks."""
        return LEAVE_ALONE if parse(self.model, self).count else STOPPED

    def resolve(self) -> str:
        """Return the count.

        Raises:
            ForeignImage: the service has tasks of another repository's image, and a count above 0.
        """
        wanted = parse(self.model, self)
        if not wanted.count:
            return STOPPED
        if decide(self.stack, wanted):
            return LEAVE_ALONE
        refuse_to_stop(self.stack, wanted)
        return STOPPED
