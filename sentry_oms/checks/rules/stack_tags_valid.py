"""OMS013: a stack's tags are such as CloudFormation takes.

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
    https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import StackFile

MOST = 50
LETTERS = re.compile(r"[\w\s.:/=+\-@]*")
"""What every service takes in a tag; CloudFormation hands a stack's tags on to its resources."""


def find(project: Project) -> Iterator[Fault]:
    """More tags than 50, keys of AWS's own, letters or lengths that may not be."""
    for file in project.stacks:
        tags = file.stack._tags or {}
        if len(tags) > MOST:
            yield file.fault("stack_tags", f"has {len(tags)} tags, and a stack takes {MOST}")
        for key, value in tags.items():
            yield from _faults(file, str(key), value)


def _faults(file: StackFile, key: str, value: object) -> Iterator[Fault]:
    field = f"stack_tags.{key}"
    if key.lower().startswith("aws:"):
        yield file.fault(field, "begins with aws:, which is AWS's own")
    elif not 0 < len(key) <= 128 or not LETTERS.fullmatch(key):
        yield file.fault(field, "is no key that a tag may have")
    elif isinstance(value, str) and not (len(value) <= 256 and LETTERS.fullmatch(value)):
        yield file.fault(field, f"'{value[:60]}' is no value that a tag may have")


RULE = Rule(
    code="OMS013",
    title="A stack's tags are such as CloudFormation takes",
    cause=(
        "More than 50 tags, a key that begins with `aws:`, or a letter that tags may not "
        "have. CloudFormation refuses the stack, or a service one of its resources."
    ),
    remedy="letters, digits, spaces and . : / = + - @ _ are allowed",
    scope=Scope.STACKS,
    find=find,
)
