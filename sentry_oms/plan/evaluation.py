"""A template's conditions and policies, evaluated with the parameters of a stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentry_oms.cloudformation.evaluate import UNKNOWN, Evaluator
from sentry_oms.cloudformation.templates import Template
from sentry_oms.offline.values import is_list
from sentry_oms.plan.parameters import KnownAfter, Value

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


def evaluator_of(stack: Any, template: Template, values: Mapping[str, Value]) -> Evaluator:
    """Return an evaluator of a template of a ``sceptre.stack.Stack`` with parameter values."""
    declared = template.get("Parameters") or {}
    pseudo = {
        "AWS::StackName": stack.external_name,
        "AWS::Region": stack.region,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
    }

    def named(name: str) -> Any:
        if name not in declared:
            return pseudo.get(name, UNKNOWN)
        value = values.get(name, declared[name].get("Default", UNKNOWN))
        if isinstance(value, KnownAfter) or value is UNKNOWN:
            return UNKNOWN
        text = str(value)
        return [i.strip() for i in text.split(",")] if is_list(declared[name]) else text

    return Evaluator(template, named)


def with_policies(template: Template, evaluator: Evaluator) -> Template:
    """Return the template with the deletion policies of its resources evaluated."""
    decided = {}
    for key, resource in (template.get("Resources") or {}).items():
        values = {name: evaluator.value(resource[name]) for name in POLICIES if name in resource}
        known = {name: value for name, value in values.items() if isinstance(value, str)}
        decided[key] = {**resource, **known}
    return {**template, "Resources": decided}


def exists(evaluator: Evaluator, resource: Mapping[str, Any]) -> bool | None:
    """Whether the resource's condition holds; None if only AWS knows."""
    return evaluator.holds(resource["Condition"]) if "Condition" in resource else True
