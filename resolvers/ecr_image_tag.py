"""``!ecr_image_tag``: the image that a service is to run, which a launch never rolls back.

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
from sentry_oms.service_image import NO_IMAGE, ServiceImage, decide


class EcrImageTag(Resolver):
    """Resolves to the tag that the service runs or is to run first, or to ``none``."""

    model = ServiceImage

    def stand_in(self, _: str) -> str:
        """A commit's hash, as the pipelines tag with it, for who may not ask AWS."""
        return "0" * 40

    def resolve(self) -> str:
        """The tag."""
        return decide(self.stack, parse(self.model, self)) or NO_IMAGE
