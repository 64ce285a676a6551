"""Evaluation of intrinsic functions, as far as values are known without AWS.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from ipaddress import ip_network
from itertools import islice
from typing import Any

from sentry_oms.cloudformation.templates import Template


class Special(Enum):
    """Markers that can't be written in a template."""

    UNKNOWN = "known only to AWS"
    NO_VALUE = "AWS::NoValue"


UNKNOWN = Special.UNKNOWN
NO_VALUE = Special.NO_VALUE

DYNAMIC = "{{resolve:"
"""Begins a dynamic reference, which CloudFormation resolves at deployment.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""Raised by malformed intrinsic functions, which cfn-lint reports; treated as unknown."""


class Evaluator:
    """Evaluates the intrinsic functions of one template.

    Args:
        template: the whole template, for its conditions and mappings.
        named: the value of a parameter, a pseudo parameter, a resource or its attribute
            (``Queue.Arn``), or UNKNOWN.
        unknown: the value of an unknown part; ``""`` makes texts as short as possible.
        imported: returns the value of an export by its name.
        filled: returns whether a parameter with an unknown value is not empty.
    """

    def __init__(
        self,
        template: Template,
        named: Callable[[str], Any],
        unknown: Any = UNKNOWN,
        imported: Callable[[str], Any] = lambda _: UNKNOWN,
        filled: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.filled = filled
        self._imported = imported
        self._template = template
        self._named = named
        self._unknown = unknown

    def value(self, expression: Any) -> Any:
        """Return the value, or UNKNOWN if a part of it is unknown."""
        if isinstance(expression, list):
            items = [self.value(item) for item in expression]
            return self._joined([item for item in items if item is not NO_VALUE])
        if not isinstance(expression, dict):
            return self._resolved(expression)
        function = function_of(expression)
        if function:
            return self._resolved(self._call(function, expression[function]))
        members = {key: self.value(item) for key, item in expression.items()}
        kept = {key: item for key, item in members.items() if item is not NO_VALUE}
        return UNKNOWN if UNKNOWN in kept.values() else kept

    def _resolved(self, value: Any) -> Any:
        is_dynamic = isinstance(value, str) and DYNAMIC in value
        return self._unknown if is_dynamic else value

    def holds(self, condition: Any) -> bool | None:
        """Return whether a condition, or the named one, is true; None if unknown."""
        if isinstance(condition, str):
            conditions = self._template.get("Conditions", {})
            return self.holds(conditions[condition]) if condition in conditions else None
        try:
            return self._holds(condition)
        except (*MALFORMED, RecursionError, StopIteration):
            return None

    def _holds(self, condition: Any) -> bool | None:
        function, argument = next(iter(condition.items()))
        if function == "Condition":
            return self.holds(argument)
        if function == "Fn::Equals":
            left, right = (self.value(item) for item in argument)
            if UNKNOWN in (left, right):
                names = [item["Ref"] for item in argument if isinstance(item, dict)]
                return False if "" in (left, right) and any(map(self.filled, names)) else None
            return text_of(left) == text_of(right)
        if function == "Fn::Contains":
            options, value = (self.value(item) for item in argument)
            is_known = UNKNOWN not in (options, value)
            return text_of(value) in map(text_of, options) if is_known else None
        if function == "Fn::Not":
            inner = self.holds(argument[0])
            return None if inner is None else not inner
        if function in ("Fn::And", "Fn::Or"):
            decisive = bool(function == "Fn::Or")
            parts = [self.holds(part) for part in argument]
            if any(part is decisive for part in parts):
                return decisive
            return None if None in parts else not decisive
        return None

    def creates(self, part: Mapping[str, Any]) -> bool | None:
        """Return whether the condition of a resource or an output is true; None if unknown."""
        return self.holds(part["Condition"]) if "Condition" in part else True

    def imports(self, *, all_branches: bool) -> Iterator[tuple[str, Any]]:
        """Yield place and argument of each ``Fn::ImportValue`` in resources and outputs.

        Args:
            all_branches: include the branches that known conditions exclude.
        """
        for section in ("Resources", "Outputs"):
            for key, part in self._template.get(section, {}).items():
                if all_branches or self.creates(part) is not False:
                    yield from self._imports(part, f"{section}.{key}", all_branches)

    def _imports(self, part: Any, place: str, all_branches: bool) -> Iterator[tuple[str, Any]]:
        if isinstance(part, list):
            for item in part:
                yield from self._imports(item, place, all_branches)
        elif isinstance(part, dict):
            function = function_of(part)
            if function == "Fn::ImportValue":
                yield place, part[function]
            elif function == "Fn::If" and not all_branches and isinstance(part[function], list):
                condition, *branches = part[function] or [None]
                holds = self.holds(condition)
                if holds is not None:
                    branches = branches[:1] if holds else branches[1:]
                yield from self._imports(branches, place, all_branches)
            else:
                for key, item in part.items():
                    below = place if key.startswith("Fn::") else f"{place}.{key}"
                    yield from self._imports(item, below, all_branches)

    def _call(self, function: str, argument: Any) -> Any:
        call = {
            "Ref": self._ref,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Split": self._split,
            "Fn::Select": self._select,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Cidr": self._cidr,
            "Fn::GetAtt": self._get_att,
            "Fn::ImportValue": self._import_value,
        }.get(function)
        try:
            return call(argument) if call else self._unknown
        except MALFORMED:
            return self._unknown

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        found = self._named(name)
        return self._unknown if found is UNKNOWN else found

    def _cidr(self, argument: Any) -> Any:
        block, count, bits = (self.value(item) for item in argument)
        if UNKNOWN in (block, count, bits):
            return UNKNOWN
        parts = ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(part) for part in islice(parts, int(count))]

    def _get_att(self, argument: Any) -> Any:
        return self._ref(argument if isinstance(argument, str) else ".".join(argument))

    def _import_value(self, argument: Any) -> Any:
        name = self.value(argument)
        found = UNKNOWN if name is UNKNOWN else self._imported(name)
        return self._unknown if found is UNKNOWN else found

    def _sub(self, argument: Any) -> Any:
        text, given = (argument, {}) if isinstance(argument, str) else argument
        names = dict.fromkeys(re.findall(r"\$\{([^!}]+)\}", text))
        values = {
            name: self.value(given[name]) if name in given else self._ref(name) for name in names
        }
        if UNKNOWN in values.values():
            return UNKNOWN
        filled = re.sub(r"\$\{([^!}]+)\}", lambda found: text_of(values[found[1]]), text)
        return filled.replace("${!", "${")

    def _join(self, argument: Any) -> Any:
        separator, items = argument[0], self.value(argument[1])
        if items is UNKNOWN:
            return UNKNOWN
        return separator.join(map(text_of, items if isinstance(items, list) else [items]))

    def _split(self, argument: Any) -> Any:
        text = self.value(argument[1])
        return UNKNOWN if text is UNKNOWN else text_of(text).split(argument[0])

    def _select(self, argument: Any) -> Any:
        index, items = self.value(argument[0]), self.value(argument[1])
        try:
            return items[int(index)]
        except (TypeError, ValueError, IndexError):
            return self._unknown

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        holds = self.holds(condition)
        if holds is None and self._unknown is UNKNOWN:
            return UNKNOWN
        if holds is None:
            branches = self.value(then), self.value(otherwise)
            return min(branches, key=lambda one: 0 if one is NO_VALUE else len(str(one)))
        return self.value(then if holds else otherwise)

    def _find_in_map(self, argument: Any) -> Any:
        found: Any = self._template.get("Mappings", {})
        for key in argument[:3]:
            try:
                found = found[self.value(key)]
            except (KeyError, TypeError):
                return self._unknown
        return found

    def _joined(self, items: list[Any]) -> Any:
        return UNKNOWN if UNKNOWN in items else items


def function_of(expression: Mapping[str, Any]) -> str | None:
    """Return the intrinsic function that a mapping calls, if any."""
    if len(expression) != 1:
        return None
    (key,) = expression
    return key if key == "Ref" or key.startswith("Fn::") else None


def text_of(value: Any) -> str:
    """Return a value as CloudFormation writes it into a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(text_of, value)) if isinstance(value, list) else str(value)
