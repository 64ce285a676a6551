"""OMS055: a template needs no capability that the seed's command does not pass.

The commands of old pass CAPABILITY_IAM and CAPABILITY_NAMED_IAM for clusters and pipelines, and
none for the others. Sceptre passes them always, so that a launch would not find out.

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

WITH_IAM = (
    "templates/compute/ecs-cluster-*.json",
    "templates/cicd/codepipeline-*.json",
    "templates/cicd/github-*.json",
    "templates/cicd/permissions-boundaries.json",
)
"""The templates whose command passes them, and the account's, which had none."""

AUTO_EXPAND = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::Macro")


def find(project: Project) -> Iterator[Fault]:
    """Resources of IAM where the command passes no capability, and whatever a macro expands."""
    told = set()
    for file in (*project.stacks, *project.spare):
        source = file.template_source.file
        if source in told or not file.template:
            continue
        told.add(source)
        has_iam = any(fnmatchcase(source, pattern) for pattern in WITH_IAM)
        if "Transform" in file.template:
            yield file.template_fault("Transform", "needs CAPABILITY_AUTO_EXPAND")
        for key, resource in file.section("Resources").items():
            kind = str(resource.get("Type"))
            if kind.startswith("AWS::IAM::") and not has_iam:
                message = f"{kind} needs CAPABILITY_IAM, which only clusters and pipelines pass"
                yield file.template_fault(f"Resources.{key}", message)
            if kind in AUTO_EXPAND or _has_macro(resource):
                yield file.template_fault(f"Resources.{key}", "needs CAPABILITY_AUTO_EXPAND")


def _has_macro(part: Any) -> bool:
    if isinstance(part, dict):
        return "Fn::Transform" in part or any(map(_has_macro, part.values()))
    return isinstance(part, list) and any(map(_has_macro, part))


RULE = Rule(
    code="OMS055",
    title="A template needs no capability that its command does not pass",
    cause=(
        "A role or a policy stands in a template other than a cluster's or a pipeline's, or a "
        "template has a transform, a macro or a nested stack. The `aws cloudformation` commands "
        "that people have would be refused with InsufficientCapabilities."
    ),
    remedy="put roles into the cluster's or the pipeline's template, and write macros out",
    scope=Scope.STACKS,
    find=find,
)
