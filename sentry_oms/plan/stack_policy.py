"""Find the changes that the stack policy denies, because a change set does not evaluate it.

The update would start, fail at the denied resource and roll back. A changed stack tag is such an
update too, because CloudFormation copies it to each resource.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from sentry_oms.plan.change import Action, ResourceChange

Policy = Mapping[str, Any]
"""A stack policy document."""

_UPDATES = {
    Action.MODIFY: "Update:Modify",
    Action.REPLACE: "Update:Replace",
    Action.REMOVE: "Update:Delete",
}


def policy_of(stack: Any) -> Policy | None:
    """Return the policy of a ``sceptre.stack.Stack`` that exists, or None if it has no policy."""
    response = stack.connection_manager.call(
        service="cloudformation",
        command="get_stack_policy",
        kwargs={"StackName": stack.external_name},
    )
    policy: Policy | None = json.loads(response.get("StackPolicyBody") or "null")
    return policy


def with_denials(
    changes: Iterable[ResourceChange], policy: Policy | None
) -> tuple[ResourceChange, ...]:
    """Return a stack's changes, with an obstacle for each one that its policy denies."""
    return tuple(_with_denial(one, policy) for one in changes)


def _with_denial(change: ResourceChange, policy: Policy | None) -> ResourceChange:
    update = _UPDATES.get(change.action)
    if not policy or not update or permits(policy, update, change.logical_id, change.type):
        return change
    denial = (
        f"the stack policy denies {update} of a {change.type}, so the update of the whole stack "
        "rolls back: take the change back, or lift the policy for one launch "
        '(docs/OPERATIONS.md, "Break-glass")'
    )
    obstacle = f"{change.obstacle}. {denial}" if change.obstacle else denial
    return change.model_copy(update={"obstacle": obstacle})


def permits(policy: Policy, update: str, logical_id: str, kind: str) -> bool:
    """Return whether the policy allows an update of a resource and no statement denies it.

    Args:
        policy: a stack policy.
        update: ``Update:Modify``, ``Update:Replace`` or ``Update:Delete``.
        logical_id: of the resource.
        kind: its CloudFormation type.
    """
    effects = {
        statement["Effect"]
        for statement in _as_list(policy["Statement"])
        if _applies(statement, update, logical_id, kind)
    }
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], update: str, logical_id: str, kind: str) -> bool:
    return (
        _selects(statement, "Action", update)
        and _selects(statement, "Resource", f"LogicalResourceId/{logical_id}")
        and all(
            _matches(condition.get("ResourceType", []), kind)
            for condition in statement.get("Condition", {}).values()
        )
    )


def _selects(statement: Mapping[str, Any], element: str, value: str) -> bool:
    """Return whether ``Action`` or ``NotAction``, ``Resource`` or ``NotResource`` selects it."""
    if element in statement:
        return _matches(statement[element], value)
    return not _matches(statement[f"Not{element}"], value)


def _matches(patterns: Any, value: str) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in _as_list(patterns))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
