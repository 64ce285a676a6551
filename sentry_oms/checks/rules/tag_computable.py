"""OMS024: what a tag computes from config can be computed."""

from __future__ import annotations

from collections.abc import Iterator

from sceptre.exceptions import SceptreException

from sentry_oms.arguments import tag_name
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.values import computable


def find(project: Project) -> Iterator[Fault]:
    """What the tags that ask nothing of AWS refuse, by asking them."""
    for file in project.stacks:
        for place, tag in file.tags:
            if computable(tag, project.known):
                try:
                    tag.resolve()
                except SceptreException as refusal:
                    message = str(refusal).removeprefix(f"{file.name}: ")
                    message = message.removeprefix(f"{tag_name(tag)} ")
                    yield file.fault(place, f"{tag_name(tag)}: {message}")


RULE = Rule(
    code="OMS024",
    title="What a tag computes from config can be computed",
    cause=(
        "A pattern of `!sqs_queue_names` matches no queue, its names are more than a parameter "
        "holds, or the target's user data holds tags."
    ),
    remedy="see the tag's page in docs/RESOLVERS.md",
    scope=Scope.STACKS,
    find=find,
)
