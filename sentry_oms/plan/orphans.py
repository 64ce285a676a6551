"""Stacks of an environment that exist on AWS and are no longer in config.

A stack is the environment's if its name has the prefix and the suffix that the names of all stacks
in config have (``sentry-`` and ``-dev``), and its tags Project and Environment are theirs. So a
stack of another system is never listed, and a project without these tags gets no list.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from sceptre.exceptions import SceptreException

from sentry_oms.aws.paging import members
from sentry_oms.aws.view import Description, StackKey
from sentry_oms.cloudformation.types import HOLDS_STATE
from sentry_oms.plan.change import Orphan

TAGS = ("Project", "Environment")
"""The tags that all stacks of an environment share."""
PRESENT = [
    *("CREATE_COMPLETE", "CREATE_FAILED", "CREATE_IN_PROGRESS", "DELETE_FAILED"),
    *("IMPORT_COMPLETE", "IMPORT_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"),
    *("IMPORT_ROLLBACK_FAILED", "IMPORT_ROLLBACK_IN_PROGRESS", "REVIEW_IN_PROGRESS"),
    *("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "ROLLBACK_IN_PROGRESS", "UPDATE_COMPLETE"),
    *("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_FAILED", "UPDATE_IN_PROGRESS"),
    *("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
    *("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"),
]
"""Every status but those of a stack that is deleted."""


def orphans(
    stacks: Sequence[Any], known: Collection[str], environment: str
) -> tuple[tuple[Orphan, ...], str | None]:
    """Return the orphans, those to delete first at the top, and the reason if AWS refuses the list.

    Args:
        stacks: every ``sceptre.stack.Stack`` of the environment.
        known: names on AWS of stacks in config.
        environment: its name in config.
    """
    affixes, tags = _affixes([stack.external_name for stack in stacks]), _shared_tags(stacks)
    if not affixes or not tags:
        return (), None
    # A stack for each account and region.
    places = {StackKey.of(stack).connection: stack for stack in stacks}.values()
    try:
        found = [
            one
            for place in places
            for one in _found(place.connection_manager, affixes, known, tags, environment)
        ]
    except (BotoCoreError, ClientError, SceptreException) as error:
        return (), f"stacks that are no longer in config are not listed: {error}"
    # A stack is newer than those that it depends on.
    newest_first = sorted(found, key=lambda one: one[0]["CreationTime"], reverse=True)
    return tuple(orphan for _, orphan in newest_first), None


def _found(
    connection: Any,
    affixes: tuple[str, str],
    known: Collection[str],
    tags: Mapping[str, str],
    environment: str,
) -> Iterator[tuple[Description, Orphan]]:
    def call(command: str, **arguments: Any) -> Any:
        return connection.call(service="cloudformation", command=command, kwargs=arguments)

    def listed(command: str, member: str, **arguments: Any) -> Iterator[Mapping[str, Any]]:
        return members(lambda more: call(command, **arguments, **more), member)

    prefix, suffix = affixes
    for one in listed("list_stacks", "StackSummaries", StackStatusFilter=PRESENT):
        name = one["StackName"]
        fits = name.startswith(prefix) and name.endswith(suffix)
        if not fits or name in known or "ParentId" in one:
            continue
        (description,) = call("describe_stacks", StackName=name)["Stacks"]
        own = {tag["Key"]: tag["Value"] for tag in description.get("Tags", [])}
        if tags.items() <= own.items():
            resources = listed("list_stack_resources", "StackResourceSummaries", StackName=name)
            yield description, _orphan(description, resources, environment)


def _orphan(
    description: Description, resources: Iterable[Mapping[str, Any]], environment: str
) -> Orphan:
    name = description["StackName"]
    delete = f"aws cloudformation delete-stack --stack-name {name}"
    if description.get("EnableTerminationProtection"):
        delete = (
            "aws cloudformation update-termination-protection --no-enable-termination-protection "
            f"--stack-name {name}, then {delete}"
        )
    return Orphan(
        name=name,
        status=description["StackStatus"],
        state=tuple(
            f"{one['LogicalResourceId']} ({HOLDS_STATE[one['ResourceType']]})"
            for one in resources
            if one["ResourceType"] in HOLDS_STATE
        ),
        remedy=f"put its file back, or after a launch of {environment}: {delete}",
    )


def _affixes(names: Sequence[str]) -> tuple[str, str] | None:
    """Return the prefix and the suffix of the names with their hyphens; None without a prefix."""
    prefix = _common(names).rpartition("-")[:2]
    suffix = _common([name[::-1] for name in names]).rpartition("-")[:2]
    return ("".join(prefix), "".join(suffix)[::-1]) if prefix[1] else None


def _common(names: Sequence[str]) -> str:
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in same)


def _shared_tags(stacks: Iterable[Any]) -> dict[str, str] | None:
    found = {tuple(str(stack.tags.get(name, "")) for name in TAGS) for stack in stacks}
    values = found.pop() if len(found) == 1 else ()
    return dict(zip(TAGS, values, strict=True)) if values and all(values) else None
