"""``!protect_state``: block updates that replace or delete stateful resources, and stack deletion.

Example::

    hooks:
      after_create:
        - !protect_state full
      after_update:
        - !protect_state full

Both locks are CloudFormation's, so they bind every client: termination protection denies the
deletion of the stack, and a stack policy denies updates that replace or delete a stateful resource.

Every launch restores the protection, so lifting it is good for one change
(docs/OPERATIONS.md, "Break-glass").

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sceptre.hooks import Hook

from sentry_oms.arguments import parse
from sentry_oms.aws.view import described
from sentry_oms.cloudformation.types import HOLDS_STATE

Level = Literal["none", "updates", "full"]

DELETABLE = ("AWS::SQS::Queue",)
"""An update may delete these: an exchange goes with its queues, which !keep_messages guards."""
FIXED = ("AWS::SecretsManager::Secret",)
"""An update may not even modify these: a new GenerateSecretString generates a new value."""


class Argument(BaseModel):
    """Argument of the tag: a mapping, or the level alone."""

    model_config = ConfigDict(extra="forbid")

    level: Level = Field(
        description="none; updates: a stack policy; full: that, and termination protection"
    )


class ProtectState(Hook):
    """Set termination protection and the stack policy."""

    model = Argument
    shorthand = "level"

    def run(self) -> None:
        """Make one call if nothing changes, and none at level ``none``."""
        level = parse(self.model, self, self.shorthand).level
        stack = described(self.stack)
        status = stack["StackStatus"] if stack else ""
        if stack is None or status == "ROLLBACK_COMPLETE" or not status.endswith("_COMPLETE"):
            # A failed creation leaves nothing to protect, and its stack must be deletable.
            return
        wanted = level == "full"
        if bool(stack.get("EnableTerminationProtection")) is not wanted:
            self.logger.info("Turning termination protection %s", "on" if wanted else "off")
            self._cloudformation(
                "update_termination_protection", EnableTerminationProtection=wanted
            )
        if level != "none" and self._policy() != policy():
            self.logger.info("Setting the stack policy that keeps state")
            self._cloudformation("set_stack_policy", StackPolicyBody=json.dumps(policy()))

    def _policy(self) -> Any:
        response = self._cloudformation("get_stack_policy")
        return json.loads(response.get("StackPolicyBody") or "null")

    def _cloudformation(self, command: str, **kwargs: Any) -> Any:
        return self.stack.connection_manager.call(
            service="cloudformation",
            command=command,
            kwargs={"StackName": self.stack.external_name, **kwargs},
        )


def policy() -> dict[str, Any]:
    """Return the stack policy: it allows every update that loses no state."""
    return {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            _deny("Update:Replace", *HOLDS_STATE),
            _deny("Update:Delete", *(kind for kind in HOLDS_STATE if kind not in DELETABLE)),
            _deny("Update:Modify", *FIXED),
        ]
    }


def _deny(action: str, *kinds: str) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Action": action,
        "Principal": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"ResourceType": list(kinds)}},
    }
