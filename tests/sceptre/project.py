"""A small project and its stacks on the embedded AWS: b depends on a, and old is obsolete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.conftest import EmbeddedAws, wait_until

QUEUE = {
    "Parameters": {
        "After": {"Type": "String", "Default": ""},
        "Delay": {"Type": "Number", "Default": 0},
    },
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": {"Ref": "Delay"}}}
    },
    "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}},
}
ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
STACK = """\
template: {path: queue.json}
stack_name: x-%s
stack_timeout: 500
parameters:
  Delay: '{{ var.delay | default(0) }}'
"""


CONFIG = {"project_code": "x", "region": "us-east-1"}


def files() -> dict[str, str]:
    """Return the files of the project."""
    return {
        "config/config.yaml": json.dumps(CONFIG),
        "config/g/a.yaml": STACK % "a",
        "config/g/b.yaml": f"{STACK % 'b'}  After: !stack_output g/a.yaml::Name\n",
        "config/h/old.yaml": f"obsolete: true\n{STACK % 'old'}",
        "templates/queue.json": json.dumps(QUEUE),
        "policy.json": json.dumps({"Statement": [ALLOW]}),
    }


class Stacks:
    """The project's stacks on AWS, in the state that a case needs."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._cloudformation = aws.client("cloudformation")
        self._now: tuple[tuple[str, ...], ...] = ()

    def prepare(
        self, names: tuple[str, ...], change_sets: tuple[str, ...], refused: Mapping[str, str]
    ) -> None:
        """Create stacks as config has them, and delete the others.

        Args:
            names: the stacks that exist.
            change_sets: those of them that have a change set ``c``.
            refused: a resource of each stack whose creation fails.
        """
        self._aws.control(refused=dict(refused))
        if self._now == (names, change_sets):
            return
        for name in ("x-b", "x-a", "x-old"):
            self._cloudformation.delete_stack(StackName=name)
        wait_until(lambda: not self._cloudformation.describe_stacks()["Stacks"])
        for name in names:
            self._create(name)
        for name in change_sets:
            self._cloudformation.create_change_set(
                StackName=name,
                ChangeSetName="c",
                UsePreviousTemplate=True,
                Parameters=[{"ParameterKey": "Delay", "ParameterValue": "7"}],
            )
        self._now = (names, change_sets)

    def _create(self, name: str) -> None:
        values = {"Delay": "0"}
        if name == "x-b":
            values["After"] = self._describe("x-a")["Outputs"][0]["OutputValue"]
        self._cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(QUEUE),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        )
        wait_until(lambda: self._describe(name)["StackStatus"] == "CREATE_COMPLETE")

    def _describe(self, name: str) -> dict[str, Any]:
        return dict(self._cloudformation.describe_stacks(StackName=name)["Stacks"][0])

    def forget(self) -> None:
        """Forget the state, because a command has changed it."""
        self._now = ()
