"""OMS037: every key that a template looks up in a mapping is there.

cfn-lint asks this of keys that are written out, and not of those that a parameter gives.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentry_oms.checks.evaluate import MALFORMED, Evaluator
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope


def find(project: Project) -> Iterator[Fault]:
    """Keys that the environment looks up and the mapping lacks, each once."""
    for file in (*project.stacks, *project.spare):
        evaluator = project.values.evaluator(file)
        told = set()
        for section in ("Resources", "Outputs"):
            for name, part in file.section(section).items():
                for path in _lacking(part, evaluator, file.section("Mappings")):
                    if path not in told:
                        told.add(path)
                        message = f"'{path}' is looked up and not in Mappings"
                        yield file.template_fault(f"{section}.{name}", message)


def _lacking(part: Any, evaluator: Evaluator, mappings: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _lacking(item, evaluator, mappings)
    elif isinstance(part, dict):
        if "Fn::FindInMap" in part and len(part) == 1:
            argument = part["Fn::FindInMap"]
            try:
                keys = [evaluator.value(key) for key in argument]
                found = mappings
                for key in keys[:3]:
                    if not isinstance(key, str):
                        return
                    if key not in found:
                        if len(keys) == 3:
                            yield ".".join(keys)
                        return
                    found = found[key]
            except MALFORMED:
                return  # cfn-lint names it.
        for item in part.values():
            yield from _lacking(item, evaluator, mappings)


RULE = Rule(
    code="OMS037",
    title="Every key that is looked up is in the mapping",
    cause=(
        "`Fn::FindInMap` asks for an environment, or for a value, that the mapping does not have. "
        "CloudFormation refuses the template."
    ),
    remedy="add the key to the mapping, or correct it",
    scope=Scope.STACKS,
    find=find,
)
