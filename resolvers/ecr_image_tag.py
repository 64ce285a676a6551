"""``!ecr_image_tag``: the tag of a service's image; a launch never rolls it back.

Example::

    parameters:
      ImageTag: !ecr_image_tag
        repository: sentry/oms-dev
        cluster: sentry-oms-dev
        service: sentry-oms-service-dev
        container: oms
"""

from __future__ import annotations

from sceptre.resolvers import Resolver

from sentry_oms.arguments import parse
from sentry_oms.aws.service_image import (
    NO_IMAGE,
    ServiceImage,
    decide,
    differs_in_image_only,
)


class EcrImageTag(Resolver):
    """Resolve to the running or the first tag, or to ``none``."""

    model = ServiceImage

    def stand_in(self, _: str) -> str:
        """Return a commit's hash, as the pipelines tag images, for offline checks."""
        return "0" * 40

    def resolve(self) -> str:
        """Return the tag."""
        return decide(self.stack, parse(self.model, self)) or NO_IMAGE

    def if_nothing_else_changes(self, deployed: str) -> str | None:
        """Return the stack's own tag if an update to the decided one would change nothing.

        After a deployment by the pipeline, the stack's own tag is an older one. An update to the
        running tag would replace each task by an equal one.

        Args:
            deployed: the tag that was passed to the stack last.

        Returns:
            ``deployed``, or None if the service needs the update.
        """
        wanted = parse(self.model, self)
        return deployed if differs_in_image_only(self.stack, wanted, deployed) else None
