"""OMS054: a task definition is no larger than ECS takes.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

LIMIT = 65_536
"""Bytes."""


def find(project: Project) -> Iterator[Fault]:
    """Task definitions of more bytes than that, what only AWS knows not counted."""
    for file in project.stacks:
        evaluator = project.values.evaluator(file, shortest=True)
        for key, resource in file.section("Resources").items():
            if resource.get("Type") == "AWS::ECS::TaskDefinition":
                definition = evaluator.value(resource.get("Properties", {}))
                size = len(json.dumps(definition, separators=(",", ":")).encode())
                if size > LIMIT:
                    message = f"is at least {size:,} bytes, and may be {LIMIT:,}"
                    yield file.template_fault(f"Resources.{key}.Properties", message)


RULE = Rule(
    code="OMS054",
    title="A task definition is no larger than ECS takes",
    cause="Its environment, or the scripts in it, are over 64 KB. ECS refuses to register it.",
    remedy="move what is large into the image, or into a secret",
    scope=Scope.STACKS,
    find=find,
)
