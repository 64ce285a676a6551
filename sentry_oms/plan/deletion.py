"""The state that the deletion of stacks loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sentry_oms.aws.view import described, parameters_of
from sentry_oms.cloudformation.templates import deployed_template
from sentry_oms.cloudformation.types import HOLDS_STATE
from sentry_oms.executor.run import AT_ONCE
from sentry_oms.plan.change import Action, Kind, ResourceChange, StackPlan
from sentry_oms.plan.evaluation import evaluator_of, exists, with_policies
from sentry_oms.plan.verdicts import assess, policy_of


def losses_of(stacks: Sequence[Any]) -> tuple[StackPlan, ...]:
    """Return each ``sceptre.stack.Stack`` on AWS that holds state, with these resources."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda stack: (stack, tuple(_losses(stack))), stacks)
    return tuple(
        StackPlan(
            name=stack.name,
            external_name=stack.external_name,
            kind=Kind.CHANGED,
            resources=resources,
        )
        for stack, resources in found
        if resources
    )


def _losses(stack: Any) -> Iterator[ResourceChange]:
    description = described(stack)
    if description is None:
        return
    template = deployed_template(stack)
    evaluator = evaluator_of(stack, template, parameters_of(description))
    for key, resource in with_policies(template, evaluator)["Resources"].items():
        kind = str(resource.get("Type"))
        if kind in HOLDS_STATE and exists(evaluator, resource) is not False:
            change = ResourceChange(logical_id=key, type=kind, action=Action.REMOVE)
            yield assess(change, policy_of(resource, "DeletionPolicy"), template)
