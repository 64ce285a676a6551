"""Rules about parameters: config passes what the template takes, and its Rules accept it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from sceptre.resolvers import CustomYamlTagBase

from sentry_oms.arguments import tag_name
from sentry_oms.checks.rule import Phase, rule
from sentry_oms.cloudformation.evaluate import MALFORMED, Evaluator, text_of
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.given import Given, given_values
from sentry_oms.offline.project import Project
from sentry_oms.offline.stack_file import StackFile


@rule(
    "OMS040",
    cause="A parameter's name is misspelt, or the template no longer has it.",
    remedy="correct the name",
)
def parameter_known(project: Project) -> Iterator[Fault]:
    """The template takes every parameter."""
    for file in project.stacks:
        declared = file.section("Parameters")
        for name in file.parameters if file.template else ():
            if name not in declared:
                close = get_close_matches(name, declared, n=1)
                known = ", ".join(declared) or "none"
                remedy = f"did you mean {close[0]}?" if close else f"it takes {known}"
                message = f"{file.template_source.file} takes no such parameter"
                yield file.fault(f"parameters.{name}", message, remedy)


@rule(
    "OMS041",
    cause="The template requires a parameter that the stack file does not pass.",
    remedy="pass it",
)
def parameter_given(project: Project) -> Iterator[Fault]:
    """Every parameter without a default is passed."""
    for file in project.stacks:
        declared = file.section("Parameters")
        misspelt = [name for name in file.parameters if name not in declared]
        for name, parameter in declared.items():
            # OMS040 reports a misspelt one.
            is_required = "Default" not in parameter and not get_close_matches(name, misspelt)
            if is_required and name not in file.parameters:
                message = f"{file.template_source.file} has no default for it"
                yield file.fault(f"parameters.{name}", message)


@rule(
    "OMS042",
    cause="The template lists the allowed values of the parameter, and this is not one of them.",
    remedy="use one of those allowed",
)
def parameter_allowed(project: Project) -> Iterator[Fault]:
    """Every value is one of those allowed."""
    for given in given_values(project):
        allowed = [text_of(value) for value in given.declared.get("AllowedValues", [])]
        for item in given.items if allowed else ():
            if item not in allowed:
                choices = ", ".join(value or "nothing" for value in allowed)
                yield given.fault(f"'{item}' is not allowed", f"use one of {choices}")


@rule(
    "OMS043",
    cause="The template gives a pattern for the parameter, and the value does not match it. "
    "CloudFormation would refuse the stack, after those before it were changed.",
    remedy="write it as the pattern asks",
)
def parameter_pattern(project: Project) -> Iterator[Fault]:
    """Every value matches the template's pattern."""
    for given in given_values(project):
        pattern = given.declared.get("AllowedPattern")
        for item in given.items if pattern else ():
            if not _matches(str(pattern), item):
                yield given.fault(f"'{item}' does not match {pattern}")


def _matches(pattern: str, item: str) -> bool:
    try:
        return "&&" in pattern or re.fullmatch(pattern, item) is not None
    except re.error:
        return True  # A pattern of Java's, as && is, need not be one of Python's.


@rule(
    "OMS044",
    cause="The value is shorter than the parameter's MinLength, or longer than its MaxLength.",
    remedy="write a value of that length",
)
def parameter_length(project: Project) -> Iterator[Fault]:
    """Every value has a valid length."""
    for given in given_values(project):
        if given.declared.get("Type") != "String":
            continue
        length = len(given.whole)
        shortest, longest = given.declared.get("MinLength"), given.declared.get("MaxLength")
        if shortest is not None and length < int(shortest):
            yield given.fault(f"has {length} characters; at least {shortest} are required")
        if longest is not None and length > int(longest):
            yield given.fault(f"has {length} characters; at most {longest} are allowed")


@rule(
    "OMS045",
    cause="A parameter of type Number has a value that is not a number, or is out of bounds.",
    remedy="write a number within the bounds",
)
def parameter_number(project: Project) -> Iterator[Fault]:
    """Every number is within its bounds."""
    for given in given_values(project):
        if given.declared.get("Type") in ("Number", "List<Number>"):
            for item in given.items:
                yield from _number_faults(given, item)


def _number_faults(given: Given, item: str) -> Iterator[Fault]:
    try:
        number = float(item)
    except ValueError:
        yield given.fault(f"'{item}' is not a number")
        return
    least, most = given.declared.get("MinValue"), given.declared.get("MaxValue")
    if least is not None and number < float(least):
        yield given.fault(f"{item} is less than {least}")
    if most is not None and number > float(most):
        yield given.fault(f"{item} is more than {most}")


MOST_BYTES = 4096
"""Bytes of a parameter's value; the items of a list are sent with commas between them.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


@rule(
    "OMS046",
    cause="CloudFormation accepts 4,096 bytes as a parameter's value, and this is more.",
    remedy="pass less, or split it over several parameters",
)
def parameter_size(project: Project) -> Iterator[Fault]:
    """Every value fits into a parameter."""
    for given in given_values(project):
        size = len(given.whole.encode())
        if size > MOST_BYTES:
            message = f"is {size:,} bytes; a parameter holds {MOST_BYTES:,}"
            yield given.file.fault(f"parameters.{given.name}", message)


@rule(
    "OMS047",
    cause="Values do not go together: prod has dev's range of addresses, prod has no certificate, "
    "or Fargate has no such pair of CPU and memory. CloudFormation refuses the stack, after those "
    "before it were changed.",
    remedy="correct the value in config",
    phase=Phase.BETWEEN,
)
def rules_hold(project: Project) -> Iterator[Fault]:
    """The template's Rules accept the parameters.

    Source:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
    """
    for file in project.stacks:
        evaluator = project.values.evaluator(file)
        for one in file.section("Rules").values() if file.is_launched else ():
            try:
                yield from _assertion_faults(file, one, evaluator)
            except MALFORMED:
                continue  # cfn-lint reports a malformed rule.


def _assertion_faults(file: StackFile, one: Any, evaluator: Evaluator) -> Iterator[Fault]:
    if "RuleCondition" in one and evaluator.holds(one["RuleCondition"]) is not True:
        return
    for assertion in one["Assertions"]:
        if evaluator.holds(assertion["Assert"]) is False:
            says = assertion.get("AssertDescription", "an assertion of the template is false")
            names = re.findall(r"'Ref': '(\w+)'", str([assertion["Assert"], one]))
            given = next((name for name in names if name in file.parameters), None)
            field = f"parameters.{given}" if given else "parameters"
            yield file.fault(field, str(says).rstrip("."))


@rule(
    "OMS048",
    cause="A list has one table or queue twice, and most likely another one not at all.",
    remedy="name each once",
    house=True,
)
def items_distinct(project: Project) -> Iterator[Fault]:
    """A list names each item once."""
    for file in project.stacks:
        for name, value in file.parameters.items():
            if isinstance(value, list):
                items = [_written(item) for item in value]
                for item in sorted({one for one in items if items.count(one) > 1}):
                    yield file.fault(f"parameters.{name}", f"names {item} twice")


def _written(item: Any) -> str:
    """Return an item as the stack file has it."""
    if isinstance(item, CustomYamlTagBase):
        return f"{tag_name(item)} {item._argument}"
    return f"'{item}'"
