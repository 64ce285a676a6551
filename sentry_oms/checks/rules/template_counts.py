"""OMS050: a template has no more parts than CloudFormation takes.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

LIMITS = {"Resources": 500, "Outputs": 200, "Parameters": 200, "Mappings": 200}


def find(project: Project) -> Iterator[Fault]:
    """Sections with more entries than that."""
    for file in project.stacks:
        for section, limit in LIMITS.items():
            count = len(file.section(section))
            if count > limit:
                message = f"has {count} entries, and CloudFormation takes {limit}"
                yield file.template_fault(section, message)


RULE = Rule(
    code="OMS050",
    title="A template has no more parts than CloudFormation takes",
    cause="More than 500 resources, or more than 200 outputs, parameters or mappings.",
    remedy="split the template over two stacks",
    scope=Scope.STACKS,
    find=find,
)
