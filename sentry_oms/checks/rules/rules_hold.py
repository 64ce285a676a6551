"""OMS047: what a template's Rules assert holds of the parameters.

CloudFormation asks the Rules before it touches anything; here each is asked with what config
passes, so that a launch is refused before its first stack.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sentry_oms.checks.evaluate import MALFORMED, UNKNOWN, Evaluator, text_of
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import StackFile


def find(project: Project) -> Iterator[Fault]:
    """Assertions that do not hold; what only AWS knows passes."""
    for file in project.stacks:
        evaluator = project.values.evaluator(file)
        for rule in file.section("Rules").values() if file.is_launched else ():
            try:
                yield from _faults(file, rule, evaluator)
            except MALFORMED:
                continue  # cfn-lint names a rule that is none.


def _faults(file: StackFile, rule: Any, evaluator: Evaluator) -> Iterator[Fault]:
    if "RuleCondition" in rule and holds(rule["RuleCondition"], evaluator) is not True:
        return
    for assertion in rule["Assertions"]:
        if holds(assertion["Assert"], evaluator) is False:
            says = assertion.get("AssertDescription", "an assertion of the template does not hold")
            names = re.findall(r"'Ref': '(\w+)'", str([assertion["Assert"], rule]))
            given = next((name for name in names if name in file.parameters), None)
            field = f"parameters.{given}" if given else "parameters"
            yield file.fault(field, str(says).rstrip("."))


def holds(expression: Any, evaluator: Evaluator) -> bool | None:
    """Whether an assertion holds; None where that is not known."""
    ((function, argument),) = expression.items()
    if function == "Fn::Not":
        inner = holds(argument[0], evaluator)
        return None if inner is None else not inner
    if function in ("Fn::And", "Fn::Or"):
        decisive = bool(function == "Fn::Or")
        parts = [holds(part, evaluator) for part in argument]
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    if function == "Fn::Contains":
        options, value = (evaluator.value(part) for part in argument)
        if UNKNOWN in (options, value):
            return None
        return text_of(value) in [text_of(option) for option in options]
    return evaluator.holds(expression)


RULE = Rule(
    code="OMS047",
    title="What a template asserts of its parameters holds",
    cause=(
        "Values go together that may not: prod has dev's range of addresses, prod has no "
        "certificate, or Fargate has no such pair of CPU and memory. CloudFormation refuses the "
        "stack, after those before it were changed."
    ),
    remedy="correct the value in config",
    scope=Scope.STACKS,
    find=find,
)
