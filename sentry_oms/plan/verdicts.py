"""The changes of resources that a change set announces.

CloudFormation's answer stands, with two exceptions. Losses of state that it can't know are added
(module ``state``). And a change announced only because of a reference to a resource that changes in
place is left out: that resource keeps its physical ID, so the reference keeps its value.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

from sentry_oms.cloudformation.templates import Template
from sentry_oms.cloudformation.types import HOLDS_STATE
from sentry_oms.plan.change import Action, Cause, ResourceChange
from sentry_oms.plan.outputs import IDENTITIES
from sentry_oms.plan.state import IMMUTABLE, Immutable, keeps_its_name, rewrites_value

Announced = Mapping[str, Any]
"""A ``ResourceChange`` of the response of DescribeChangeSet."""
Detail = Mapping[str, Any]


class _Replaces(IntEnum):
    NOTHING = 0
    """The change has no effect."""
    NO = 1
    MAYBE = 2
    YES = 3


def of_change_set(
    changes: Iterable[Mapping[str, Any]], old: Template, new: Template
) -> tuple[ResourceChange, ...]:
    """Return the changes of resources from all ``Changes`` of DescribeChangeSet."""
    announced = {
        one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"]
        for one in changes
        if "ResourceChange" in one
    }
    found = _ChangeSet({key: _stated(one) for key, one in announced.items()}, old, new)
    # A chain of references is at most as long as the number of resources.
    for _ in announced:
        severity = {key: found.severity_of(one) for key, one in announced.items()}
        if severity == found.severity:
            break
        found = _ChangeSet(severity, old, new)
    return tuple(
        found.verdict(one)
        for key, one in announced.items()
        if found.severity[key] is not _Replaces.NOTHING
    )


def assess(change: ResourceChange, policy: str | None, new: Template) -> ResourceChange:
    """Return the change with its loss of state and its obstacle.

    ``policy`` is Delete, Retain or Snapshot for the old resource; None if it is unknown.
    """
    obstacle = change.obstacle or _name_obstacle(change, new)
    return change.model_copy(update={"loss": _loss(change, policy), "obstacle": obstacle})


def policy_of(resource: Mapping[str, Any], attribute: str) -> str | None:
    """Return a resource's DeletionPolicy or UpdateReplacePolicy; None if it is an expression."""
    policy = resource.get(attribute, "Delete")
    return policy if isinstance(policy, str) else None


class _ChangeSet:
    """A change set between two templates, with the severity of each resource known so far."""

    def __init__(self, severity: Mapping[str, _Replaces], old: Template, new: Template) -> None:
        self.severity = severity
        self._old = old
        self._new = new

    def severity_of(self, change: Announced) -> _Replaces:
        """Return a resource's severity, given those of the others."""
        stated = _stated(change)
        details = change.get("Details") or []
        if change["Action"] != "Modify" or not details:
            return stated
        found = max(self._of_detail(detail, change) for detail in details)
        if stated is _Replaces.YES:
            return _Replaces.YES
        # If no detail mentions recreation, CloudFormation's own doubt remains.
        hints = any(
            _target(detail).get("RequiresRecreation", "Never") != "Never" for detail in details
        )
        is_clear = hints or found in (_Replaces.NOTHING, _Replaces.YES)
        return found if is_clear else max(found, stated)

    def _of_detail(self, detail: Detail, change: Announced) -> _Replaces:
        is_sure = detail.get("Evaluation", "Static") == "Static"
        cause, _, attribute = str(detail.get("CausingEntity") or "").partition(".")
        source = detail.get("ChangeSource")
        if source in ("ResourceReference", "ResourceAttribute") and cause in self.severity:
            keeps = source == "ResourceReference" or attribute in IDENTITIES
            if keeps and self.severity[cause] <= _Replaces.NO:
                return _Replaces.NOTHING
            is_sure = is_sure or self.severity[cause] is _Replaces.YES
        target = _target(detail)
        if self._broken(change, target.get("Name", "")):
            return _Replaces.YES
        recreation = target.get("RequiresRecreation", "Never")
        if recreation == "Always":
            return _Replaces.YES if is_sure else _Replaces.MAYBE
        return _Replaces.MAYBE if recreation == "Conditionally" else _Replaces.NO

    def _broken(self, change: Announced, name: str) -> Immutable | None:
        """Return the immutable property that the change breaks, if it is one."""
        immutable = IMMUTABLE.get((change.get("ResourceType", ""), name))
        key = change["LogicalResourceId"]
        before, after = (_properties(one, key).get(name) for one in (self._old, self._new))
        return immutable if immutable and immutable.is_broken(before, after) else None

    def verdict(self, change: Announced) -> ResourceChange:
        """Return a resource's change, assessed."""
        key = change["LogicalResourceId"]
        level = self.severity[key]
        action = {"Add": Action.ADD, "Import": Action.ADD, "Remove": Action.REMOVE}.get(
            change["Action"], Action.REPLACE if level >= _Replaces.MAYBE else Action.MODIFY
        )
        effective = [
            detail
            for detail in change.get("Details") or []
            if self._of_detail(detail, change) is not _Replaces.NOTHING
        ]
        verdict = ResourceChange(
            logical_id=key,
            type=change.get("ResourceType", ""),
            physical_id=change.get("PhysicalResourceId") or None,
            action=action,
            certain=level is not _Replaces.MAYBE,
            causes=_causes(change, effective),
            obstacle=self._refusal(change, effective),
        )
        if change.get("PolicyAction"):
            policy: str | None = str(change["PolicyAction"]).removeprefix("ReplaceAnd")
        elif action is Action.REMOVE:
            policy = policy_of(_resource(self._old, key), "DeletionPolicy")
        else:
            policy = policy_of(_resource(self._new, key), "UpdateReplacePolicy")
        return assess(verdict, policy, self._new)

    def _refusal(self, change: Announced, details: Iterable[Detail]) -> str | None:
        for detail in details:
            name = _target(detail).get("Name", "")
            immutable = self._broken(change, name)
            if immutable and immutable.is_refused:
                return (
                    f"CloudFormation will refuse {name}: {immutable.why}. "
                    "Only a new resource, under another logical id, can have it"
                )
        return None


def _stated(change: Announced) -> _Replaces:
    """Return CloudFormation's own severity of the resource."""
    if change["Action"] in ("Add", "Remove", "Import"):
        return _Replaces.NO
    if change["Action"] == "Dynamic":
        return _Replaces.MAYBE
    return {"True": _Replaces.YES, "Conditional": _Replaces.MAYBE}.get(
        change.get("Replacement", ""), _Replaces.NO
    )


def _target(detail: Detail) -> Mapping[str, Any]:
    target: Mapping[str, Any] = detail.get("Target") or {}
    return target


def _causes(change: Announced, details: Iterable[Detail]) -> tuple[Cause, ...]:
    found: dict[str, str | None] = {}
    for detail in details:
        name = _target(detail).get("Name") or _target(detail).get("Attribute") or "?"
        why = detail.get("CausingEntity") or None
        if why and detail.get("ChangeSource") == "ParameterReference":
            why = f"parameter {why}"
        # A reference explains more than the template's own change, which is listed beside it.
        found[name] = found.get(name) or why
    if not found:
        found = dict.fromkeys(change.get("Scope") or [])
    return tuple(Cause(property=name, why=why) for name, why in found.items())


_AFTER_REPLACEMENT = {
    "Delete": "the old one is deleted",
    "Retain": "the old one stays, unused",
    "Snapshot": "a snapshot is made of the old one, and it is deleted",
    None: "its UpdateReplacePolicy decides whether the old one stays",
}
_AFTER_REMOVAL = {
    "Delete": "it is deleted with its {holds}",
    "Retain": "it stays on AWS with its {holds}, outside of any stack",
    "Snapshot": "a snapshot is made of it, and it is deleted",
    None: "its DeletionPolicy decides whether it stays with its {holds}",
}


def _loss(change: ResourceChange, policy: str | None) -> str | None:
    holds = HOLDS_STATE.get(change.type)
    if holds is None:
        return None
    if change.action is Action.REMOVE:
        return _AFTER_REMOVAL.get(policy, _AFTER_REMOVAL[None]).format(holds=holds)
    if change.action is Action.REPLACE:
        takes = "takes its place" if change.certain else "may take its place"
        fate = _AFTER_REPLACEMENT.get(policy, _AFTER_REPLACEMENT[None])
        return f"a new one {takes}, without its {holds}; {fate}"
    if change.action is Action.MODIFY and any(
        rewrites_value(change.type, cause.property) for cause in change.causes
    ):
        return "its value is overwritten"
    return None


def _name_obstacle(change: ResourceChange, new: Template) -> str | None:
    if change.action is not Action.REPLACE:
        return None
    changed = {cause.property for cause in change.causes}
    name = keeps_its_name(change.type, _properties(new, change.logical_id), changed)
    if name is None:
        return None
    return f"CloudFormation will refuse to replace it under the name that it has: change {name} too"


def _resource(template: Template, key: str) -> Mapping[str, Any]:
    resource: Mapping[str, Any] = template.get("Resources", {}).get(key) or {}
    return resource


def _properties(template: Template, key: str) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = _resource(template, key).get("Properties") or {}
    return properties
