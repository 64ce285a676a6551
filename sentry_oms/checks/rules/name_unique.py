"""OMS056: no two resources of an environment have one name.

Within a template cfn-lint compares names as they are written; here they are compared as they come
out, across all stacks of the environment.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.environment_named import is_misnamed
from sentry_oms.checks.rules.resource_name import NAMES

SCOPED = {"AWS::ECS::Service": "Cluster", "AWS::Cognito::UserPoolGroup": "UserPoolId"}
"""Types whose names are unique within what this property names."""

FURTHER = (("AWS::Cognito::UserPoolGroup", "GroupName"), ("AWS::EC2::SecurityGroup", "GroupName"))
MANY = ("AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::ECS::TaskDefinition")
"""Types of which several may have one name."""


def find(project: Project) -> Iterator[Fault]:
    """Names that an earlier resource of the type has."""
    if any(map(is_misnamed, project.known.values())):
        return  # OMS008 tells why all of them are another environment's.
    named = [pair for pair in (*NAMES, *FURTHER) if pair[0] not in MANY]
    spare = {file.name for file in project.spare}
    owners: dict[tuple[object, ...], str] = {}
    for resource in project.resources:
        for kind, property_ in named:
            name = resource.properties.get(property_)
            if kind != resource.kind or not isinstance(name, str):
                continue
            within = str(resource.properties.get(SCOPED.get(kind, "")))
            # A template that no stack uses makes what another makes, in its place.
            world = resource.file.name if resource.file.name in spare else ""
            place = f"{resource.file.name}: {resource.key}"
            owner = owners.setdefault((kind, property_, name, within, world), place)
            if owner != place:
                yield resource.fault(property_, f"'{name}' is the name of {owner} too")


RULE = Rule(
    code="OMS056",
    title="No two resources have one name",
    cause=(
        "Two resources of a type come out with one name, in one stack or in two. The second fails "
        "with AlreadyExists in the middle of a launch."
    ),
    remedy="give each its own name",
    scope=Scope.STACKS,
    find=find,
)
