"""The model of a project: stacks, and their dependencies."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sceptre.resolvers import CustomYamlTagBase
from sceptre.resolvers.stack_output import StackOutput

from sentry_oms.arguments import tag_name
from sentry_oms.cloudformation.evaluate import UNKNOWN, function_of
from sentry_oms.cloudformation.folding import fold
from sentry_oms.cloudformation.placeholders import Place, of_resource
from sentry_oms.cloudformation.templates import Template
from sentry_oms.cloudformation.types import NAME_PROPERTY
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.source import Source
from sentry_oms.offline.stack_file import StackFile, Unreadable
from sentry_oms.offline.suppression import Suppression, in_comments, in_metadata
from sentry_oms.offline.values import Values

NAME = "config.yaml"


@dataclass(frozen=True)
class Resource:
    """A resource as its environment gets it, with placeholders for values of a known shape.

    Args:
        file: its stack.
        key: its logical ID.
        kind: its type, such as ``AWS::SQS::Queue``.
        properties: its properties, with UNKNOWN for values that only AWS knows.
        is_certain: whether it is created under no condition that only AWS knows.
    """

    file: StackFile
    key: str
    kind: str
    properties: dict[str, Any]
    is_certain: bool

    def attribute(self, name: str = "") -> Any:
        """Return the placeholder of an attribute of ``Fn::GetAtt``, or of ``Ref``.

        Return UNKNOWN if the resource has an unknown name.
        """
        if self.properties.get(NAME_PROPERTY.get(self.kind, "")) is UNKNOWN:
            return UNKNOWN
        place = Place(self.file.stack.external_name, self.file.stack.region, self.key)
        return of_resource(place, self.kind, self.properties, name)

    def fault(self, path: str, message: str, remedy: str | None = None) -> Fault:
        """Return a fault at a path of its properties."""
        field = f"Resources.{self.key}.Properties" + (f".{path}" if path else "")
        return self.file.template_fault(field, message, remedy)


class Tag(NamedTuple):
    """A tag whose argument is a mapping.

    Args:
        file: its stack.
        place: its field, such as ``hooks.before_update.0``.
        name: such as ``!secret_arn``.
        argument: as the stack file has it, with UNKNOWN for nested tags.
    """

    file: StackFile
    place: str
    name: str
    argument: Mapping[str, Any]


@dataclass(frozen=True)
class Project:
    """The stacks to check, and their dependencies.

    Args:
        root: the project's directory.
        stacks: the stacks that are checked.
        known: those and their dependencies, by name.
        environment: the environment, if all of it is checked.
        unreadable: the parts of config that could not be read.
        failed: the stacks with a finding of an earlier phase of the check.
        unused: the suppressions that accept no finding, once that is known.
    """

    root: Path
    stacks: tuple[StackFile, ...]
    known: Mapping[str, StackFile]
    environment: str | None = None
    unreadable: tuple[Unreadable, ...] = ()
    failed: frozenset[str] = frozenset()
    unused: tuple[Suppression, ...] = ()

    def without(self, failed: Collection[str]) -> Project:
        """Return the project without checking these stacks; others still read them."""
        if failed == self.failed:
            return self
        kept = tuple(file for file in self.stacks if file.name not in failed)
        return replace(self, stacks=kept, failed=frozenset(failed))

    @cached_property
    def group_configs(self) -> tuple[Source, ...]:
        """The config.yaml files of the checked stacks, the outermost first."""
        own = Path(self.environment or "")
        folders = dict.fromkeys([own, *(Path(file.name).parent for file in self.stacks)])
        return tuple(dict.fromkeys(one for folder in folders for one in self._configs(folder)))

    def source_of(self, file: StackFile, setting: str) -> Source:
        """Return the file that gives a stack a setting: its own, or the innermost config.yaml."""
        path = f"config/{file.name}"
        above = [one for one in self.group_configs if path.startswith(one.file[: -len(NAME)])]
        giving = re.compile(rf"^{setting}\s*:", re.MULTILINE)
        found = (one for one in (file.source, *reversed(above)) if giving.search(one.text))
        return next(found, file.source)

    def _configs(self, folder: Path) -> list[Source]:
        folders = [*reversed(folder.parents), folder] if folder != Path() else [folder]
        files = [(Path("config") / one / NAME).as_posix() for one in folders]
        return [Source.read(self.root, one) for one in files if (self.root / one).is_file()]

    @cached_property
    def has_house_rules(self) -> bool:
        """Whether config/config.yaml sets ``house_rules: true``."""
        text = Source.read(self.root, "config/config.yaml").text
        return re.search(r"^house_rules:\s*true\b", text, re.MULTILINE) is not None

    def launched(self) -> Project:
        """Return the project without checking stacks that a launch leaves out."""
        return replace(self, stacks=tuple(file for file in self.stacks if file.is_launched))

    @property
    def sound(self) -> Iterator[StackFile]:
        """The known stacks without findings of an earlier phase."""
        return (file for file in self.known.values() if file.name not in self.failed)

    @cached_property
    def suppressions(self) -> tuple[Suppression | Fault, ...]:
        """The suppressions beside what is checked, and the faults of invalid ones."""
        of_stacks = [one for file in self.stacks for one in (file.source, file.template_source)]
        sources = dict.fromkeys((*self.group_configs, *of_stacks))
        found = [one for source in sources for one in in_comments(source)]
        for file in self.stacks:
            found += in_metadata(file, self.values.evaluator(file))
        return tuple(dict.fromkeys(found))

    @cached_property
    def values(self) -> Values:
        """The values that the stacks pass each other, as far as they are known offline."""
        return Values(self.known)

    @cached_property
    def _with_placeholders(self) -> Values:
        return Values(self.known, stand_ins=True)

    @cached_property
    def deployed(self) -> Mapping[str, Template]:
        """Each stack's template as its environment gets it, by the stack's name.

        Placeholders stand for values that only AWS knows, across stacks too. A stack whose template
        can't be read, or that a launch leaves out, is missing.
        """
        return {
            file.name: fold(file.template, self._with_placeholders.evaluator(file))
            for file in self.stacks
            if file.template and file.is_launched and not file.is_expanded
        }

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """The resources of the stacks that are launched."""
        return tuple(
            Resource(
                file,
                key,
                str(one.get("Type")),
                _with_unknown(one.get("Properties", {})),
                "Condition" not in one,
            )
            for file in self.stacks
            for key, one in self.deployed.get(file.name, {}).get("Resources", {}).items()
        )

    def of_kind(self, *kinds: str) -> Iterator[Resource]:
        """Return the resources of these types."""
        return (resource for resource in self.resources if resource.kind in kinds)

    @property
    def tags(self) -> Iterator[Tag]:
        """The tags with a mapping as their argument; equal ones of a stack once."""
        for file in self.stacks:
            seen = set()
            for place, tag in file.tags:
                argument, name = tag._argument, tag_name(tag)
                key = name + repr(argument)
                if isinstance(argument, Mapping) and key not in seen:
                    seen.add(key)
                    known = {
                        field: UNKNOWN if isinstance(value, CustomYamlTagBase) else value
                        for field, value in argument.items()
                    }
                    yield Tag(file, place, name, known)

    def target(self, tag: StackOutput) -> StackFile | None:
        """Return the stack that a ``!stack_output`` reads."""
        return self.known.get(tag.dependency_stack_name.removesuffix(".yaml"))

    def upstream(self, file: StackFile) -> set[str]:
        """Return the names of all stacks that a stack waits for."""
        found: set[str] = set()
        todo = [file.stack]
        while todo:
            for dependency in todo.pop().dependencies:
                if dependency.name not in found:
                    found.add(dependency.name)
                    todo.append(dependency)
        return found


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the items of a list that are known mappings; none if the list is unknown."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, Mapping)]


def permitted(policies: Any) -> Iterator[Any]:
    """Yield the resources of each statement that permits; UNKNOWN for those that are unknown."""
    if policies is UNKNOWN:
        yield UNKNOWN
    for policy in mappings(policies):
        for statement in mappings(policy.get("PolicyDocument", {}).get("Statement")):
            resources = statement.get("Resource", [])
            if statement.get("Effect") == "Allow":
                yield from resources if isinstance(resources, list) else [resources]


def _with_unknown(value: Any) -> Any:
    """Replace each intrinsic function that folding has left."""
    if isinstance(value, dict):
        members = {key: _with_unknown(item) for key, item in value.items()}
        return UNKNOWN if function_of(value) else members
    return [_with_unknown(item) for item in value] if isinstance(value, list) else value
