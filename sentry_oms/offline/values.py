"""The values that stacks pass each other, as far as they are known without AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sceptre.resolvers import CustomYamlTagBase
from sceptre.resolvers.environment_variable import EnvironmentVariable
from sceptre.resolvers.stack_output import StackOutput, StackOutputBase

from sentry_oms.arguments import faults
from sentry_oms.cloudformation.evaluate import DYNAMIC, UNKNOWN, Evaluator
from sentry_oms.cloudformation.placeholders import ACCOUNT, Place, has_shape, of_resource
from sentry_oms.cloudformation.regions import partition
from sentry_oms.cloudformation.types import NAME_PROPERTY
from sentry_oms.offline.stack_file import StackFile, walk_tags

STORED = "AWS::SSM::Parameter::Value<"
"""Begins the types of parameters that are passed the name of a value in Parameter Store.

Source:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
"""


class Values:
    """Parameters, outputs and exports, each computed once.

    Args:
        known: the stacks, by name.
        stand_ins: use placeholders for values known only at deployment.
    """

    def __init__(self, known: Mapping[str, StackFile], *, stand_ins: bool = False) -> None:
        self._stacks = known
        self._stand_ins = stand_ins
        self._parameters: dict[tuple[str, str], Any] = {}
        self._outputs: dict[tuple[str, str], Any] = {}
        self._exports: dict[str, dict[str, str]] = {}

    def given(self, file: StackFile, name: str) -> Any:
        """Return the value that config passes: a text, a list of texts, or UNKNOWN."""
        key = (file.name, name)
        if key not in self._parameters:
            self._parameters[key] = UNKNOWN  # Ends the recursion of a cycle.
            self._parameters[key] = self._known(file, file.parameters[name])
        return self._parameters[key]

    def parameter(self, file: StackFile, name: str) -> Any:
        """Return the value of a parameter: from config, else its default."""
        declared = file.section("Parameters").get(name, {})
        if str(declared.get("Type")).startswith(STORED):
            return UNKNOWN
        if name in file.parameters:
            value = self.given(file, name)
        elif "Default" in declared:
            value = str(declared["Default"])
        else:
            return UNKNOWN
        if is_list(declared) and isinstance(value, str):
            return [item.strip() for item in value.split(",")]
        return value

    def output(self, file: StackFile, key: str) -> Any:
        """Return the value of an output."""
        place = (file.name, key)
        if place not in self._outputs:
            self._outputs[place] = UNKNOWN
            declared = file.section("Outputs").get(key, {})
            self._outputs[place] = self.evaluator(file).value(declared.get("Value", UNKNOWN))
        return self._outputs[place]

    def exports(self, file: StackFile) -> dict[str, str]:
        """Return the stack's exports, by name, with the output of each."""
        if file.name not in self._exports:
            evaluator = self.evaluator(file)
            names = {
                key: evaluator.value(output["Export"].get("Name"))
                for key, output in file.section("Outputs").items()
                if output.get("Export") and evaluator.creates(output) is not False
            }
            self._exports[file.name] = {
                name: key for key, name in names.items() if isinstance(name, str)
            }
        return self._exports[file.name]

    def evaluator(self, file: StackFile, *, shortest: bool = False) -> Evaluator:
        """Return the evaluator of the stack's template.

        Args:
            file: the stack.
            shortest: use empty texts for unknown values, so that sizes are minimal.
        """

        def named(name: str) -> Any:
            if name in file.section("Parameters"):
                return self.parameter(file, name)
            if self._stand_ins and name.partition(".")[0] in file.section("Resources"):
                return self._stand_in(file, *name.partition(".")[::2])
            pseudo = {
                "AWS::StackName": file.stack.external_name,
                "AWS::Region": file.stack.region,
                "AWS::Partition": partition(file.stack.region).name,
                "AWS::URLSuffix": partition(file.stack.region).suffix,
                "AWS::AccountId": ACCOUNT if shortest or self._stand_ins else UNKNOWN,
            }
            return pseudo.get(name, UNKNOWN)

        def filled(name: str) -> bool:
            # Another stack's output has a value, which a placeholder would stand for.
            return self._stand_ins and isinstance(file.parameters.get(name), StackOutputBase)

        imported = self._imported if self._stand_ins else lambda _: UNKNOWN
        unknown = "" if shortest else UNKNOWN
        return Evaluator(file.template or {}, named, unknown, imported, filled)

    def _stand_in(self, file: StackFile, logical_id: str, attribute: str) -> Any:
        resource = file.section("Resources")[logical_id]
        kind = str(resource.get("Type", ""))
        key = NAME_PROPERTY.get(kind, "")
        name = self.evaluator(file).value(resource.get("Properties", {}).get(key))
        if name is UNKNOWN or not has_shape(kind, attribute):
            return UNKNOWN
        place = Place(file.stack.external_name, file.stack.region, logical_id)
        return of_resource(place, kind, {key: name}, attribute)

    def _imported(self, name: str) -> Any:
        for file in self._stacks.values():
            key = self.exports(file).get(name)
            if key is not None:
                return self.output(file, key)
        return UNKNOWN

    def _known(self, file: StackFile, value: Any) -> Any:
        if isinstance(value, StackOutput):
            target = self._stacks.get(value.dependency_stack_name.removesuffix(".yaml"))
            return self.output(target, value.output_key) if target else UNKNOWN
        if isinstance(value, EnvironmentVariable):
            return os.environ.get(str(value._argument), UNKNOWN)
        if isinstance(value, CustomYamlTagBase):
            return self._computed(value)
        if isinstance(value, list):
            items = [self._known(file, item) for item in value]
            return UNKNOWN if UNKNOWN in items else items
        return UNKNOWN if DYNAMIC in str(value) else value

    def _computed(self, tag: CustomYamlTagBase) -> Any:
        if not computable(tag, self._stacks):
            is_sound = self._stand_ins and not any(faults(tag))
            stand_in = getattr(tag, "stand_in", None) if is_sound else None
            return stand_in(ACCOUNT) if stand_in else UNKNOWN
        try:
            return tag.resolve()
        except Exception:  # Another rule reports it.
            return UNKNOWN


def computable(tag: CustomYamlTagBase, known: Mapping[str, StackFile]) -> bool:
    """Return whether a tag can be resolved without AWS."""
    if not getattr(tag, "offline", False) or any(faults(tag)) or any(walk_tags(tag._argument)):
        return False
    argument = tag._argument
    path = argument.get("stack") if isinstance(argument, dict) else None
    if not isinstance(path, str):
        return True
    target = known.get(path.removesuffix(".yaml"))
    return target is not None and target.rendering.unreadable is None


def is_list(declared: Any) -> bool:
    """Return whether a parameter is a list."""
    kind = str(declared.get("Type", ""))
    return kind == "CommaDelimitedList" or kind.startswith("List<")
