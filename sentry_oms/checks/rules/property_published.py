"""OMS060: a resource is what the schema of its type says.

The schemas are those of CloudFormation's registry, as cfn-lint corrects them, with what the model
of the operation that creates the resource says besides. cfn-lint asks the template; this asks what
the environment makes of it, so that a value is found whichever way it came.

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-type-schemas.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published import exists, schema
from sentry_oms.checks.rule import Fault, Rule, Scope


def find(project: Project) -> Iterator[Fault]:
    """Types that the region lacks, and properties that are none or have a value they may not."""
    for resource in project.resources:
        if not resource.kind.startswith("Custom::"):
            yield from _faults(project, resource)


def _faults(project: Project, resource: Resource) -> Iterator[Fault]:
    region = resource.file.stack.region
    if not exists(resource.kind, region):
        message = f"{region} has no type {resource.kind}"
        yield resource.file.template_fault(f"Resources.{resource.key}.Type", message)
        return
    published = schema(resource.kind)
    if published is None:
        return
    read_only = {
        path.removeprefix("/properties/") for path in published.get("readOnlyProperties", [])
    }
    for name in sorted(read_only & {*resource.properties}):
        yield resource.fault(name, "is what AWS says, and can't be set")
    for path, message in project.misshapen[resource.file.name, resource.key].items():
        yield resource.fault(path, message)


RULE = Rule(
    code="OMS060",
    title="A resource is what the schema of its type says",
    cause=(
        "A property is misspelt or missing, or has a value of the wrong type, out of bounds, or "
        "none of those that it may have. The value may come from config, a mapping or another "
        "stack."
    ),
    remedy="see the type's page in the Template Reference",
    scope=Scope.STACKS,
    find=find,
)
