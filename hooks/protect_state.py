"""``!protect_state``: no update replaces or deletes what holds state, and nobody its stack.

Example::

    hooks:
      after_create:
        - !protect_state full
      after_update:
        - !protect_state full

Two locks of CloudFormation's own, which hold against every client and not against Sceptre alone:
termination protection, without which nobody deletes the stack, and a stack policy, which an update
that would replace or delete what holds state is refused by.

Protection is brought back after every launch. So who lifts it lifts it for one change
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

Level = Literal["none", "updates", "full"]

STATEFUL = (
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::KMS::Key",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)
"""The types whose loss is a loss of data."""
DELETABLE = ("AWS::SQS::Queue",)
"""Those that an update may delete: an exchange goes with its queues; !keep_messages guards them."""
FIXED = ("AWS::SecretsManager::Secret",)
"""Those that an update may not even change: a new GenerateSecretString makes a new value."""


class Argument(BaseModel):
    """What the tag takes: a mapping, or the level alone."""

    model_config = ConfigDict(extra="forbid")

    level: Level = Field(
        description="none; updates: a stack policy; full: that, and termination protection"
    )


class ProtectState(Hook):
    """Brings both locks to what is wanted."""

    model = Argument
    shorthand = "level"

    def run(self) -> None:
        """One call where nothing is to be done, and none at level ``none``."""
        level = parse(self.model, self, self.shorthand).level
        stack = described(self.stack)
        status = stack["StackStatus"] if stack else ""
        if stack is None or status == "ROLLBACK_COMPLETE" or not status.endswith("_COMPLETE"):
            # A create that failed leaves nothing to protect, and its stack must be deletable.
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
    """The stack policy: everything may be updated, but no state lost."""
    return {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            _deny("Update:Replace", *STATEFUL),
            _deny("Update:Delete", *(kind for kind in STATEFUL if kind not in DELETABLE)),
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
