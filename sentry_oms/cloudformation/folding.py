"""The template of one environment: conditions evaluated, parameters and mappings filled in.

Values known only at deployment, such as a resource's ARN, keep their intrinsic function. So a
linter that does not evaluate conditions sees the deployed resources, and no excluded branch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sentry_oms.cloudformation.evaluate import NO_VALUE, UNKNOWN, Evaluator, function_of, text_of
from sentry_oms.cloudformation.templates import Template

KEPT = ("AWSTemplateFormatVersion", "Description", "Metadata")
"""Sections that folding does not change."""


def fold(template: Template, evaluator: Evaluator) -> Template:
    """Return the template without conditions, mappings, rules and known parameters.

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
    referred = set(_references([resources, outputs]))
    parameters = {
        name: declared
        for name, declared in template.get("Parameters", {}).items()
        if name in referred
    }
    return {**folded, "Parameters": parameters} if parameters else folded


class _Folder:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def parts(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Return the folded resources or outputs whose condition is not false."""
        return {
            key: self.fold({name: value for name, value in part.items() if name != "Condition"})
            for key, part in section.items()
            if self._evaluator.holds(part.get("Condition", "")) is not False
        }

    def fold(self, expression: Any) -> Any:
        if isinstance(expression, list):
            items = [self.fold(item) for item in expression]
            return [item for item in items if item is not NO_VALUE]
        if not isinstance(expression, dict):
            return expression
        function = function_of(expression)
        if function:
            value = self._evaluator.value(expression)
            return self._partly(function, expression[function]) if value is UNKNOWN else value
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
