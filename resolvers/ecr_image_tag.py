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
from sentry_oms.aws.service_image import (
    NO_IMAGE,
    ServiceImage,
    decide,
    differs_in_image_only,
)


class EcrImageTag(Resolver):
    """Resolves to the tag that the service runs or is to run first, or to ``none``."""

    model = ServiceImage

    def stand_in(self, _: str) -> str:
        """A commit's hash, as the pipelines tag with it, for who may not ask AWS."""
        return "0" * 40

    def resolve(self) -> str:
        """The tag."""
        return decide(self.stack, parse(self.model, self)) or NO_IMAGE

    def if_nothing_else_changes(self, deployed: str) -> str | None:
        """Return the tag that the stack has, if an update to the decided one would be for nothing.

        After a deployment by the pipeline the stack's own tag is an older one. An update to the
        new one would replace each task by another that runs the same.

        Args:
            deployed: the tag that the stack was given last.

        Returns:
            ``deployed``; None if the service has yet to be updated.
        """
        wanted = parse(self.model, self)
        return deployed if differs_in_image_only(self.stack, wanted, deployed) else None
