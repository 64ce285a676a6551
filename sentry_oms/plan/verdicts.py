"""What a change set means for each resource.

CloudFormation's word stands, with two exceptions. What it can't know about state is added (module
``state``). And a change that it announces only because a resource refers to another that changes
where it is, comes to nothing: the other keeps its physical id, so the reference keeps its value.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

from sentry_oms.cloudformation.templates import Template
from sentry_oms.plan.change import Action, Cause, ResourceChange
from sentry_oms.plan.outputs import IDENTITIES
from sentry_oms.plan.state import HOLDS_STATE, IMMUTABLE, keeps_its_name, rewrites_value

Announced = Mapping[str, Any]
"""A ``ResourceChange`` of the response of DescribeChangeSet."""
Detail = Mapping[str, Any]


class _Replaces(IntEnum):
    NOTHING = 0
    """The detail comes to nothing."""
    NO = 1
    MAYBE = 2
    YES = 3


def of_change_set(
    changes: Iterable[Mapping[str, Any]], old: Template, new: Template
) -> tuple[ResourceChange, ...]:
    """What becomes of the resources.

    Args:
        changes: ``Changes`` of DescribeChangeSet, of all pages.
        old: the template as deployed.
        new: the template as it would be sent.
    """
    announced = {
        one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"]
        for one in changes
        if "ResourceChange" in one
    }
    severity = {key: _stated(one) for key, one in announced.items()}
    # A chain of references is no longer than there are resources.
    for _ in announced:
        found = {key: _severity(one, severity, old, new) for key, one in announced.items()}
        if found == severity:
            break
        severity = found
    return tuple(
        _verdict(one, severity, old, new)
        for key, one in announced.items()
        if severity[key] is not _Replaces.NOTHING
    )


def assess(change: ResourceChange, policy: str | None, new: Template) -> ResourceChange:
    """The change with what it does to state, and what stands in its way.

    Args:
        change: of a resource.
        policy: Delete, Retain or Snapshot: what becomes of the old resource; None: not known.
        new: the template as it would be sent.
    """
    return change.model_copy(
        update={
            "loss": _loss(change, policy),
            "obstacle": change.obstacle or _obstacle(change, new),
        }
    )


def _stated(change: Announced) -> _Replaces:
    """What CloudFormation says of the resource as a whole."""
    if change["Action"] in ("Add", "Remove", "Import"):
        return _Replaces.NO
    if change["Action"] == "Dynamic":
        return _Replaces.MAYBE
    return {"True": _Replaces.YES, "Conditional": _Replaces.MAYBE}.get(
        change.get("Replacement", ""), _Replaces.NO
    )


def _severity(
    change: Announced, known: Mapping[str, _Replaces], old: Template, new: Template
) -> _Replaces:
    stated = _stated(change)
    details = change.get("Details") or []
    if change["Action"] != "Modify" or not details:
        return stated
    found = max(_of_detail(detail, change, known, old, new) for detail in details)
    if stated is _Replaces.YES:
        return _Replaces.YES
    # Details without a hint of it leave CloudFormation's doubt as it is.
    hints = any(_target(detail).get("RequiresRecreation", "Never") != "Never" for detail in details)
    return found if hints or found in (_Replaces.NOTHING, _Replaces.YES) else max(found, stated)


def _of_detail(
    detail: Detail,
    change: Announced,
    known: Mapping[str, _Replaces],
    old: Template,
    new: Template,
) -> _Replaces:
    target = _target(detail)
    is_sure = detail.get("Evaluation", "Static") == "Static"
    cause, _, attribute = str(detail.get("CausingEntity") or "").partition(".")
    source = detail.get("ChangeSource")
    if source in ("ResourceReference", "ResourceAttribute") and cause in known:
        keeps = source == "ResourceReference" or attribute in IDENTITIES
        if keeps and known[cause] <= _Replaces.NO:
            return _Replaces.NOTHING
        is_sure = is_sure or known[cause] is _Replaces.YES
    if _broken(change, target.get("Name", ""), old, new):
        return _Replaces.YES
    recreation = target.get("RequiresRecreation", "Never")
    if recreation == "Always":
        return _Replaces.YES if is_sure else _Replaces.MAYBE
    return _Replaces.MAYBE if recreation == "Conditionally" else _Replaces.NO


def _target(detail: Detail) -> Mapping[str, Any]:
    target: Mapping[str, Any] = detail.get("Target") or {}
    return target


def _broken(change: Announced, name: str, old: Template, new: Template) -> bool:
    immutable = IMMUTABLE.get((change.get("ResourceType", ""), name))
    if immutable is None:
        return False
    before, after = (_properties(one, change["LogicalResourceId"]) for one in (old, new))
    return immutable.is_broken(before.get(name), after.get(name))


def _verdict(
    change: Announced, severity: Mapping[str, _Replaces], old: Template, new: Template
) -> ResourceChange:
    key = change["LogicalResourceId"]
    level = severity[key]
    action = {"Add": Action.ADD, "Import": Action.ADD, "Remove": Action.REMOVE}.get(
        change["Action"], Action.REPLACE if level >= _Replaces.MAYBE else Action.MODIFY
    )
    counting = [
        detail
        for detail in change.get("Details") or []
        if _of_detail(detail, change, severity, old, new) is not _Replaces.NOTHING
    ]
    verdict = ResourceChange(
        logical_id=key,
        type=change.get("ResourceType", ""),
        physical_id=change.get("PhysicalResourceId") or None,
        action=action,
        certain=level is not _Replaces.MAYBE,
        causes=_causes(change, counting),
        obstacle=_refusal(change, counting, old, new),
    )
    return assess(verdict, _policy(change, action, old, new), new)


def _causes(change: Announced, details: Iterable[Detail]) -> tuple[Cause, ...]:
    found: dict[str, str | None] = {}
    for detail in details:
        target = _target(detail)
        name = target.get("Name") or target.get("Attribute") or "?"
        why = _why(detail)
        # The template's own change comes beside what it refers to, which says more.
        found[name] = found.get(name) or why
    if not found:
        found = dict.fromkeys(change.get("Scope") or [])
    return tuple(Cause(property=name, why=why) for name, why in found.items())


def _why(detail: Detail) -> str | None:
    entity = detail.get("CausingEntity")
    if not entity:
        return None
    return f"parameter {entity}" if detail.get("ChangeSource") == "ParameterReference" else entity


def _policy(change: Announced, action: Action, old: Template, new: Template) -> str | None:
    said = change.get("PolicyAction")
    if said:
        return str(said).removeprefix("ReplaceAnd")
    removing = action is Action.REMOVE
    resource = _resource(old if removing else new, change["LogicalResourceId"])
    policy = resource.get("DeletionPolicy" if removing else "UpdateReplacePolicy", "Delete")
    return policy if isinstance(policy, str) else None


_FATES = {
    "Delete": "the old one is deleted",
    "Retain": "the old one stays, unused",
    "Snapshot": "a snapshot is made of the old one, and it is deleted",
    None: "whether the old one stays, its UpdateReplacePolicy says",
}
_ENDS = {
    "Delete": "it is deleted with its {holds}",
    "Retain": "it stays on AWS with its {holds}, of no stack",
    "Snapshot": "a snapshot is made of it, and it is deleted",
    None: "whether it stays with its {holds}, its DeletionPolicy says",
}


def _loss(change: ResourceChange, policy: str | None) -> str | None:
    holds = HOLDS_STATE.get(change.type)
    if holds is None:
        return None
    if change.action is Action.REMOVE:
        return _ENDS.get(policy, _ENDS[None]).format(holds=holds)
    if change.action is Action.REPLACE:
        takes = "takes its place" if change.certain else "may take its place"
        return f"a new one {takes}, without its {holds}; {_FATES.get(policy, _FATES[None])}"
    if change.action is Action.MODIFY and any(
        rewrites_value(change.type, cause.property) for cause in change.causes
    ):
        return "its value is written anew, over what it holds"
    return None


def _refusal(
    change: Announced, details: Iterable[Detail], old: Template, new: Template
) -> str | None:
    for detail in details:
        name = _target(detail).get("Name", "")
        immutable = IMMUTABLE.get((change.get("ResourceType", ""), name))
        if immutable and immutable.is_refused and _broken(change, name, old, new):
            return (
                f"CloudFormation will refuse {name}: {immutable.why}. "
                "Only a new resource, under another logical id, can have it"
            )
    return None


def _obstacle(change: ResourceChange, new: Template) -> str | None:
    if change.action is not Action.REPLACE:
        return None
    properties = _properties(new, change.logical_id)
    changed = {cause.property for cause in change.causes}
    name = keeps_its_name(change.type, properties, changed)
    if name is None:
        return None
    return f"CloudFormation will refuse to replace it under the name that it has: change {name} too"


def _resource(template: Template, key: str) -> Mapping[str, Any]:
    resource: Mapping[str, Any] = template.get("Resources", {}).get(key) or {}
    return resource


def _properties(template: Template, key: str) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = _resource(template, key).get("Properties") or {}
    return properties
