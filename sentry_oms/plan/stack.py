"""What becomes of one stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sceptre.exceptions import SceptreException

from sentry_oms.aws.differences import kept, settings_differ
from sentry_oms.aws.view import VIEW, Description, View, described, parameters_of
from sentry_oms.cloudformation.evaluate import UNKNOWN, Evaluator
from sentry_oms.cloudformation.templates import Template, deployed_template, loaded
from sentry_oms.executor.pace import Pace
from sentry_oms.executor.perform import stuck
from sentry_oms.offline.stack_file import StackFile
from sentry_oms.offline.values import is_list
from sentry_oms.plan.change import Action, Kind, ParameterChange, ResourceChange, StackPlan
from sentry_oms.plan.change_set import changes_of
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
from sentry_oms.plan.verdicts import of_change_set

CREATED_AGAIN = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS")
"""Statuses in which a launch deletes the stack, and creates it."""


_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


class CanNotPlan(SceptreException):
    """The stack is in no state to be planned."""


@dataclass(frozen=True)
class Planner:
    """Plans stacks, each after those that it depends on.

    Args:
        pace: how often CloudFormation is asked about a change set.
        clock: seconds.
        sleep: waits for so many seconds.
        view: what this process has seen of AWS.
    """

    pace: Pace
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    view: View = field(default=VIEW)

    def plan_stack(self, file: StackFile, earlier: Mapping[str, Planned]) -> Planned:
        """The stack's plan, and what it means for those that read from it; never raises."""
        try:
            return self._plan_stack(file, earlier)
        except Exception as error:  # Sceptre's, boto's, and those of tags: all stop a launch.
            message = " ".join(str(error).split())
            for prefix in (f"{file.name}: ", f"{file.name} - "):
                message = message.removeprefix(prefix)
            if not isinstance(error, SceptreException) and "." not in type(error).__module__:
                message = f"{type(error).__name__}: {message}"
            return Planned(_plan(file, Kind.FAILED, error=message or type(error).__name__))

    def _plan_stack(self, file: StackFile, earlier: Mapping[str, Planned]) -> Planned:
        stack = file.stack
        if not file.is_launched:
            why = "obsolete" if stack.obsolete else "ignore"
            return Planned(_plan(file, Kind.LEFT_OUT, notes=(f"config says {why}: true",)))
        description = described(stack, self.view)
        status = str(description["StackStatus"]) if description else ""
        notes = _notes(file, status)
        template = self._template(file, earlier)
        values = resolved(stack, earlier)
        if description is None or status in CREATED_AGAIN:
            return Planned(self._new(file, template, values, notes))
        if status.endswith("_IN_PROGRESS"):
            raise CanNotPlan(
                f"{stack.external_name} is {status}, by somebody else: wait until that is over"
            )
        if status.endswith("_FAILED"):
            raise CanNotPlan(stuck(status, stack))
        return self._existing(file, template, values, description, notes)

    def _template(self, file: StackFile, earlier: Mapping[str, Planned]) -> Template:
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
        self,
        file: StackFile,
        template: Template,
        values: Mapping[str, Value],
        notes: tuple[str, ...],
    ) -> StackPlan:
        evaluator = _evaluator(file, template, values)
        resources = tuple(
            ResourceChange(
                logical_id=key,
                type=str(resource.get("Type")),
                action=Action.ADD,
                certain=_holds(evaluator, resource) is True,
            )
            for key, resource in template.get("Resources", {}).items()
            if _holds(evaluator, resource) is not False
        )
        parameters = changes(values, None, template)
        return _plan(file, Kind.NEW, resources, parameters, notes)

    def _existing(
        self,
        file: StackFile,
        template: Template,
        values: Mapping[str, Value],
        description: Description,
        notes: tuple[str, ...],
    ) -> Planned:
        deployed = deployed_template(file.stack)
        values = {**values, **_kept(file.stack, values, description, template, deployed)}
        parameters = changes(values, description, template)
        differs = (
            deployed != template
            or any(one.known_after is None for one in parameters)
            or hidden_differences(values, template)
            or "Transform" in template
            or settings_differ(file.stack, description)
        )
        # A change of outputs alone is none of a resource.
        surely = deployed.get("Outputs") != template.get("Outputs") or any(
            one.known_after is None for one in parameters
        )
        evaluator = _evaluator(file, template, values)
        said: tuple[ResourceChange, ...] = ()
        missing = None
        if differs:
            sent, missing = for_change_set(values, description)
            if not missing:
                found = changes_of(file.stack, sent, self.pace, self.clock, self.sleep)
                before = _evaluator(file, deployed, parameters_of(description))
                said = of_change_set(
                    found,
                    _with_policies(deployed, before),
                    _with_policies(template, evaluator),
                )
        if missing:
            notes += (_unevaluated(missing, values[missing]),)
        resources = with_later(
            said,
            parameters,
            _with_policies(template, evaluator),
            lambda one: _holds(evaluator, one) is not False,
        )
        if resources:
            resources = with_denials(resources, policy_of(file.stack))
        uncertain = uncertain_outputs(deployed, template, parameters, resources)
        if said or missing or (surely and uncertain):
            kind = Kind.CHANGED
        elif any(one.known_after for one in parameters):
            kind = Kind.MAY_CHANGE
        else:
            return Planned(_plan(file, Kind.UNCHANGED, notes=notes))
        return Planned(_plan(file, kind, resources, parameters, notes), uncertain)


def _kept(
    stack: Any,
    values: Mapping[str, Value],
    description: Description,
    template: Template,
    deployed: Template,
) -> dict[str, str]:
    """What a launch passes as it is deployed, if what is known later stays as it is."""
    before = parameters_of(description)
    expected = {
        name: before.get(name, "") if isinstance(value, KnownAfter) else value
        for name, value in values.items()
    }
    return kept(stack._parameters, expected, stack, description, lambda: template, lambda: deployed)


def _unevaluated(parameter: str, value: Value) -> str:
    after = value.what if isinstance(value, KnownAfter) else "the launch"
    return (
        f"CloudFormation can't evaluate it before {after}, which gives its new parameter "
        f"{parameter}: plan again after that"
    )


def _evaluator(file: StackFile, template: Template, values: Mapping[str, Value]) -> Evaluator:
    """What evaluates the template's conditions, with the values that a launch would pass."""
    declared = template.get("Parameters") or {}
    pseudo = {
        "AWS::StackName": file.stack.external_name,
        "AWS::Region": file.stack.region,
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


def _with_policies(template: Template, evaluator: Evaluator) -> Template:
    """The template with what becomes of each resource decided, where a condition decides it."""
    decided = {}
    for key, resource in (template.get("Resources") or {}).items():
        values = {name: evaluator.value(resource[name]) for name in _POLICIES if name in resource}
        known = {name: value for name, value in values.items() if isinstance(value, str)}
        decided[key] = {**resource, **known}
    return {**template, "Resources": decided}


def _holds(evaluator: Evaluator, resource: Mapping[str, Any]) -> bool | None:
    return evaluator.holds(resource["Condition"]) if "Condition" in resource else True


def _plan(
    file: StackFile,
    kind: Kind,
    resources: tuple[ResourceChange, ...] = (),
    parameters: tuple[ParameterChange, ...] = (),
    notes: tuple[str, ...] = (),
    error: str | None = None,
) -> StackPlan:
    return StackPlan(
        name=file.name,
        external_name=file.stack.external_name,
        kind=kind,
        resources=resources,
        parameters=parameters,
        notes=notes,
        error=error,
    )


def _notes(file: StackFile, status: str) -> tuple[str, ...]:
    notes = []
    if status in CREATED_AGAIN:
        notes.append(f"it is {status}: a launch deletes it, and creates it anew")
    if file.stack.protected:
        notes.append("config says protect: true, so a launch stops here")
    return tuple(notes)
