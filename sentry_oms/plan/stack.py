"""Plan one stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sceptre.exceptions import SceptreException

from sentry_oms.aws.differences import kept, settings_differ
from sentry_oms.aws.view import Description, described, parameters_of
from sentry_oms.cloudformation.no_echo import is_no_echo
from sentry_oms.cloudformation.templates import Template, deployed_template, loaded
from sentry_oms.executor.basis import Basis, Deployed, config_digest, digest, digests
from sentry_oms.executor.perform import busy, stuck
from sentry_oms.offline.stack_file import StackFile
from sentry_oms.plan.change import Action, Kind, ResourceChange, StackPlan
from sentry_oms.plan.change_set import changes_of
from sentry_oms.plan.evaluation import evaluator_of, exists, with_policies
from sentry_oms.plan.later import with_later
from sentry_oms.plan.outputs import uncertain_outputs
from sentry_oms.plan.parameters import (
    KnownAfter,
    Planned,
    Value,
    changes,
    for_change_set,
    hidden_differences,
    known_later,
    resolved,
)
from sentry_oms.plan.stack_policy import policy_of, with_denials
from sentry_oms.plan.values import Side, with_values
from sentry_oms.plan.verdicts import of_change_set

CREATED_AGAIN = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS")
"""Statuses in which a launch deletes the stack and creates it again."""


class CanNotPlan(SceptreException):
    """The stack's status, or a value known only later, prevents a plan."""


def plan_stack(file: StackFile, earlier: Mapping[str, Planned]) -> Planned:
    """Return the stack's plan and its effect on dependents; never raises.

    Args:
        file: the stack.
        earlier: at least its dependencies, by name.
    """
    try:
        return _plan_stack(file, earlier)
    except Exception as error:  # Sceptre's, boto's, and those of tags: each would stop a launch.
        message = " ".join(str(error).split())
        for prefix in (f"{file.name}: ", f"{file.name} - "):
            message = message.removeprefix(prefix)
        if not isinstance(error, SceptreException) and "." not in type(error).__module__:
            message = f"{type(error).__name__}: {message}"
        return Planned(_plan(file, Kind.FAILED, error=message or type(error).__name__))


def _plan_stack(file: StackFile, earlier: Mapping[str, Planned]) -> Planned:
    stack = file.stack
    if not file.is_launched:
        why = "obsolete" if stack.obsolete else "ignore"
        return Planned(_plan(file, Kind.LEFT_OUT, notes=(f"config says {why}: true",)))
    config = config_digest(stack)
    description = described(stack)
    status = str(description["StackStatus"]) if description else ""
    notes = _notes(file, status)
    template = _template(file, earlier)
    values = resolved(stack, earlier)
    if description is None or status in CREATED_AGAIN:
        planned = Planned(_new(file, template, values, notes), values=values)
    elif status.endswith("_IN_PROGRESS"):
        raise CanNotPlan(busy(status, stack))
    elif status.endswith("_FAILED"):
        raise CanNotPlan(stuck(status, stack))
    else:
        planned = _existing(file, template, values, description, notes)
    basis = Basis(
        name=file.name,
        config=config,
        template=digest(file.rendering.body or stack.template.body),
        parameters=_digests(planned.values, template),
        deployed=Deployed.of(description),
    )
    return replace(planned, basis=basis)


def _digests(values: Mapping[str, Value], template: Template) -> dict[str, str | None]:
    declared = template.get("Parameters") or {}
    known = {
        name: None if isinstance(value, KnownAfter) else value for name, value in values.items()
    }
    return digests(known, {name for name, one in declared.items() if is_no_echo(one)})


def _notes(file: StackFile, status: str) -> tuple[str, ...]:
    notes = []
    if status in CREATED_AGAIN:
        notes.append(f"it is {status}: a launch deletes it and creates it again")
    if file.stack.protected:
        notes.append("config says protect: true, so a launch stops here")
    return tuple(notes)


def _template(file: StackFile, earlier: Mapping[str, Planned]) -> Template:
    if file.template is not None:
        return file.template
    later = known_later(file.stack._sceptre_user_data, earlier)
    if later:
        raise CanNotPlan(
            f"its template is rendered from what is known after {later}: launch that first"
        )
    template: Template = loaded(file.stack.template.body)
    return template


def _new(
    file: StackFile, template: Template, values: Mapping[str, Value], notes: tuple[str, ...]
) -> StackPlan:
    evaluator = evaluator_of(file.stack, template, values)
    found = {
        key: exists(evaluator, resource) for key, resource in template.get("Resources", {}).items()
    }
    resources = tuple(
        ResourceChange(
            logical_id=key,
            type=str(template["Resources"][key].get("Type")),
            action=Action.ADD,
            certain=known is True,
        )
        for key, known in found.items()
        if known is not False
    )
    parameters = changes(values, None, template)
    return _plan(file, Kind.NEW, resources=resources, parameters=parameters, notes=notes)


def _existing(
    file: StackFile,
    template: Template,
    values: Mapping[str, Value],
    description: Description,
    notes: tuple[str, ...],
) -> Planned:
    stack = file.stack
    deployed = deployed_template(stack)
    values = {**values, **_kept(stack, values, description, template, deployed)}
    parameters = changes(values, description, template)
    evaluator = evaluator_of(file.stack, template, values)
    new = with_policies(template, evaluator)
    has_known_changes = any(one.known_after is None for one in parameters)
    announced: list[Mapping[str, Any]] = []
    deployed_evaluator = evaluator_of(file.stack, deployed, parameters_of(description))
    sent, missing = for_change_set(values, description)
    if missing:
        notes += (_missing_note(missing, values[missing]),)
    elif (
        deployed != template
        or has_known_changes
        or hidden_differences(values, template)
        or "Transform" in template
        or settings_differ(stack, description)
    ):
        announced = changes_of(stack, sent)
    certain = of_change_set(announced, with_policies(deployed, deployed_evaluator), new)
    resources = with_later(
        certain, parameters, new, lambda one: exists(evaluator, one) is not False
    )
    if resources:
        before = Side.of(deployed, deployed_evaluator, parameters_of(description))
        known = {name: one for name, one in values.items() if not isinstance(one, KnownAfter)}
        resources = with_values(resources, announced, before, Side.of(template, evaluator, known))
        resources = with_denials(resources, policy_of(stack))
    uncertain = uncertain_outputs(deployed, template, parameters, resources)
    # A change set lists resources only, although the outputs may change without them.
    only_outputs = uncertain and (
        has_known_changes or deployed.get("Outputs") != template.get("Outputs")
    )
    if certain or missing or only_outputs:
        kind = Kind.CHANGED
    elif any(one.known_after for one in parameters):
        kind = Kind.MAY_CHANGE
    else:
        return Planned(_plan(file, Kind.UNCHANGED, notes=notes), values=values)
    plan = _plan(file, kind, resources=resources, parameters=parameters, notes=notes)
    return Planned(plan, uncertain, values)


def _kept(
    stack: Any,
    values: Mapping[str, Value],
    description: Description,
    template: Template,
    deployed: Template,
) -> dict[str, str]:
    """Return the parameters that keep their deployed values, if values known later don't change."""
    before = parameters_of(description)
    expected = {
        name: before.get(name, "") if isinstance(value, KnownAfter) else value
        for name, value in values.items()
    }
    return kept(stack._parameters, expected, stack, description, lambda: template, lambda: deployed)


def _missing_note(parameter: str, value: Value) -> str:
    after = value.what if isinstance(value, KnownAfter) else "the launch"
    return (
        f"CloudFormation can't evaluate it before {after}, which gives its new parameter "
        f"{parameter}: plan again after that"
    )


def _plan(file: StackFile, kind: Kind, **more: Any) -> StackPlan:
    return StackPlan(name=file.name, external_name=file.stack.external_name, kind=kind, **more)
