"""The template of one environment: conditions evaluated, parameters and mappings filled in.

Values known only at deployment, such as a resource's ARN, keep their intrinsic function, and
conditions on them are kept. So a linter that does not evaluate conditions sees the deployed
resources, and no excluded branch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sentry_oms.cloudformation.evaluate import (
    MALFORMED,
    NO_VALUE,
    UNKNOWN,
    Evaluator,
    function_of,
    text_of,
)
from sentry_oms.cloudformation.templates import Template

KEPT = ("AWSTemplateFormatVersion", "Description", "Metadata")
"""Sections that folding does not change."""


def fold(template: Template, evaluator: Evaluator) -> Template:
    """Return the template without mappings, rules, and known conditions and parameters.

    Args:
        template: the template as it would be sent.
        evaluator: the evaluator of the template, with the parameters of an environment.
    """
    folder = _Folder(evaluator)
    folded = {key: template[key] for key in KEPT if key in template}
    resources = folder.parts(template.get("Resources", {}))
    for resource in resources.values():
        _keep_dependencies(resource, resources)
    folded["Resources"] = resources
    outputs = folder.parts(template.get("Outputs", {}))
    folded["Outputs"] = outputs
    conditions = folder.conditions(template.get("Conditions", {}), [resources, outputs])
    referred = set(_references([resources, outputs, conditions]))
    parameters = {
        name: _without_default(declared) if evaluator.filled(name) else declared
        for name, declared in template.get("Parameters", {}).items()
        if name in referred
    }
    kept = {"Parameters": parameters, "Conditions": conditions}
    return {**folded, **{section: parts for section, parts in kept.items() if parts}}


def _without_default(declared: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in declared.items() if key != "Default"}


class _Folder:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def parts(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Return the folded resources or outputs whose condition is true or unknown."""
        created = {key: self._evaluator.creates(part) for key, part in section.items()}
        return {
            key: self.fold({k: v for k, v in part.items() if k != "Condition" or not created[key]})
            for key, part in section.items()
            if created[key] is not False
        }

    def conditions(self, section: Mapping[str, Any], parts: Any) -> dict[str, Any]:
        """Return the unknown conditions that parts of the template, or these conditions, name."""
        kept: dict[str, Any] = {}
        todo = list(_conditions(parts))
        while todo:
            name = todo.pop()
            if name in section and name not in kept:
                kept[name] = self._unknown_part(section[name])
                todo += _conditions(kept[name])
        return {name: kept[name] for name in section if name in kept}

    def _unknown_part(self, condition: Any) -> Any:
        """Fold a condition; of ``Fn::And`` and ``Fn::Or``, known parts don't change the result."""
        try:
            return self._without_known(*next(iter(condition.items())))
        except MALFORMED:
            return condition  # cfn-lint reports it.

    def _without_known(self, function: str, argument: Any) -> Any:
        if function == "Fn::Not":
            return {function: [self._unknown_part(argument[0])]}
        if function in ("Fn::And", "Fn::Or"):
            unknown = [
                self._unknown_part(part) for part in argument if self._evaluator.holds(part) is None
            ]
            return {function: unknown} if len(unknown) > 1 else unknown[0]
        return {function: argument if function == "Condition" else self.fold(argument)}

    def fold(self, expression: Any) -> Any:
        if isinstance(expression, list):
            items = [self.fold(item) for item in expression]
            return [item for item in items if item is not NO_VALUE]
        if not isinstance(expression, dict):
            return expression
        function = function_of(expression)
        if function:
            value = self._evaluator.value(expression)
            try:
                return self._partly(function, expression[function]) if value is UNKNOWN else value
            except MALFORMED:
                return expression
        members = {key: self.fold(value) for key, value in expression.items()}
        return {key: value for key, value in members.items() if value is not NO_VALUE}

    def _partly(self, function: str, argument: Any) -> Any:
        """Fold an intrinsic function of which a part is known."""
        if function == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
            condition, then, otherwise = argument
            holds = self._evaluator.holds(condition)
            if holds is not None:
                return self.fold(then if holds else otherwise)
        if function == "Fn::Sub":
            return self._sub(argument)
        if function in ("Ref", "Fn::GetAtt", "Fn::If"):
            return {function: argument}
        return {function: self.fold(argument)}

    def _sub(self, argument: Any) -> Any:
        text, given = (argument, {}) if isinstance(argument, str) else argument

        def fill(found: re.Match[str]) -> str:
            if found[1] in given:
                return found[0]
            value = self._evaluator.value({"Ref": found[1]})
            return found[0] if value is UNKNOWN else text_of(value)

        filled = re.sub(r"\$\{([^!}]+)\}", fill, text)
        if not given and "${" not in filled:
            return filled
        return {"Fn::Sub": [filled, self.fold(given)] if given else filled}


def _keep_dependencies(resource: dict[str, Any], kept: Mapping[str, Any]) -> None:
    """Remove excluded resources from ``DependsOn``."""
    before = resource.pop("DependsOn", [])
    left = [name for name in ([before] if isinstance(before, str) else before) if name in kept]
    if left:
        resource["DependsOn"] = left


def _references(part: Any) -> list[str]:
    """Return the names in Ref and Sub of a part."""
    if isinstance(part, list):
        return [name for item in part for name in _references(item)]
    if isinstance(part, dict):
        found = [name for item in part.values() for name in _references(item)]
        return [*found, part["Ref"]] if isinstance(part.get("Ref"), str) else found
    return re.findall(r"\$\{([^!}]+)\}", part) if isinstance(part, str) else []


def _conditions(part: Any) -> Iterator[str]:
    """Yield the names of conditions in a part."""
    if isinstance(part, list):
        for item in part:
            yield from _conditions(item)
    elif isinstance(part, dict):
        branches = part.get("Fn::If")
        named = branches[0] if branches and isinstance(branches, list) else part.get("Condition")
        if isinstance(named, str):
            yield named
        yield from _conditions(list(part.values()))
