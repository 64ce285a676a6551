"""``!keep_image``: keep the running image of a service through an update of its stack.

Example::

    hooks:
      before_update:
        - !keep_image {repository: sentry/oms-dev, cluster: sentry-oms-dev,
                       service: sentry-oms-service-dev, container: oms}
      after_update:
        - !keep_image {...}

The first hook runs before the image is decided. If a deployment of the pipeline is in progress, it
waits for its end, because an update would supersede it. Then it records the task definition that
the service runs.

The second hook restores that task definition after a rollback. CloudFormation rolls back to the
stack's own task definition, whose image may be older than the pipeline's last deployment. Sceptre
runs ``after_update`` after a failure, too.

Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-update-behaviors.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field
from sceptre.exceptions import SceptreException
from sceptre.hooks import Hook

from sentry_oms.arguments import parse, tag_name
from sentry_oms.aws.service_image import (
    ServiceImage,
    completed,
    described,
    image_of,
    own_definition,
    primary,
    update,
)
from sentry_oms.aws.view import VIEW, StackKey, View
from sentry_oms.aws.view import described as described_stack

LOOK_SECONDS = 5
"""Seconds between two calls while a deployment is in progress."""


class DeploymentInProgress(SceptreException):
    """Raised if the deployment is still in progress after the wait."""


class Argument(ServiceImage):
    """Argument of the tag: the service, and the maximum wait for its deployment."""

    wait: float = Field(
        default=30, ge=0, description="minutes to wait for a deployment in progress"
    )


class _Before(NamedTuple):
    """State from the first hook to the second one."""

    definition: str | None


class KeepImage(Hook):
    """Wait for the pipeline's deployment, and restore its image after a rollback."""

    model = Argument

    def run(self) -> None:
        """Before an update, wait and record; after it, restore. Make one call if nothing is due.

        Raises:
            DeploymentInProgress: the deployment did not end in time. Nothing was changed.
        """
        wanted = parse(self.model, self)
        key = (tag_name(self), StackKey.of(self.stack))
        before = VIEW.take(key)
        if before is None:
            service = self._settled(wanted, VIEW, time.monotonic, time.sleep)
            VIEW.leave(key, _Before(completed(service["deployments"]) if service else None))
        elif before.definition:
            self._put_back(wanted, before.definition, VIEW)

    def _settled(
        self,
        wanted: Argument,
        view: View,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> Mapping[str, Any] | None:
        """Return the service once no deployment is in progress, except one of the stack."""
        described_stack(self.stack, view)  # execute_change_set does not describe the stack
        service = described(self.stack, wanted, view)
        began = clock()
        waits = False
        # With a count of 0, stopping the service must not wait.
        while wanted.count and service and self._is_deployed_to(service, view):
            if clock() - began >= 60 * wanted.wait:
                raise DeploymentInProgress(
                    f"{self.stack.name}: {tag_name(self)} {wanted.service} has a deployment in "
                    f"progress, which an update would supersede; waited {wanted.wait:g} min. "
                    f"Launch again once it is over: aws ecs wait services-stable "
                    f"--cluster {wanted.cluster} --services {wanted.service}"
                )
            if not waits:
                self.logger.warning(
                    "Waiting for the deployment of %s in progress, for up to %g min",
                    wanted.service,
                    wanted.wait,
                )
            waits = True
            sleep(LOOK_SECONDS)
            service = described(self.stack, wanted, view, again=True)
        return service

    def _is_deployed_to(self, service: Mapping[str, Any], view: View) -> bool:
        newest = primary(service) or {}
        return newest.get("rolloutState") == "IN_PROGRESS" and (
            newest["taskDefinition"] != own_definition(self.stack, view)
        )

    def _put_back(self, wanted: Argument, before: str, view: View) -> None:
        """Deploy the recorded task definition if a rollback replaced it by the stack's own.

        Raise nothing: the launch has failed already, and must report the cause of that.
        """
        try:
            stack = described_stack(self.stack, view) or {}
            if not str(stack.get("StackStatus", "")).startswith("UPDATE_ROLLBACK_"):
                return
            service = described(self.stack, wanted, view)
            now = (primary(service) or {}).get("taskDefinition") if service else None
            # A later deployment runs anything but the stack's own task definition.
            if now is None or now == before or now != own_definition(self.stack, view):
                return
            images = f"{image_of(self.stack, now, wanted, view)} in place of " + str(
                image_of(self.stack, before, wanted, view)
            )
        except (BotoCoreError, ClientError, SceptreException) as error:
            self._say_how(wanted, before, f"it is not known what {wanted.service} runs", error)
            return
        try:
            update(self.stack, wanted, taskDefinition=before)
        except (BotoCoreError, ClientError, SceptreException) as error:
            problem = f"{wanted.service} runs {images}, and could not be put back"
            self._say_how(wanted, before, problem, error)
            return
        self.logger.warning(
            "After the rollback %s ran %s; it is put back on %s",
            wanted.service,
            images,
            before.rpartition("/")[2],
        )

    def _say_how(self, wanted: Argument, before: str, problem: str, error: Exception) -> None:
        self.logger.error(
            "After the rollback %s (%s). To go back to what ran before: aws ecs update-service "
            "--cluster %s --service %s --task-definition %s",
            problem,
            " ".join(str(error).split()),
            wanted.cluster,
            wanted.service,
            before.rpartition("/")[2],
        )
