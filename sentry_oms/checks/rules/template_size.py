"""OMS051: a template is no larger than CloudFormation takes.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

IN_REQUEST = 51_200
IN_BUCKET = 1_048_576
"""Bytes of a body."""


def find(project: Project) -> Iterator[Fault]:
    """Bodies that are larger, with what Sceptre puts in front of them."""
    for file in project.stacks:
        size = len(file.rendering.body.encode())
        in_bucket = file.stack._template_bucket_name is not None
        limit = IN_BUCKET if in_bucket else IN_REQUEST
        if size > limit:
            where = "from a bucket" if in_bucket else "in a request"
            message = f"is {size:,} bytes, and CloudFormation takes {limit:,} {where}"
            remedy = None if in_bucket else "set template_bucket_name"
            yield file.template_fault("", message, remedy)


RULE = Rule(
    code="OMS051",
    title="A template is no larger than CloudFormation takes",
    cause=(
        "The body is over 51,200 bytes without `template_bucket_name`, or over 1 MB with it. "
        "Sceptre does not look, and CloudFormation refuses the request."
    ),
    remedy="split the template over two stacks",
    scope=Scope.STACKS,
    find=find,
)
