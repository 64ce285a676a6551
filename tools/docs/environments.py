"""What differs between the environments, on one page: docs/ENVIRONMENTS.md.

Taken from what is deployed: each template with the parameters and conditions of each environment.
So a difference shows whether it comes from config, from a template's Mappings, or from a condition.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sentry_oms.cloudformation.evaluate import function_of
from sentry_oms.cloudformation.folding import fold
from sentry_oms.cloudformation.templates import Template
from sentry_oms.names import ENVIRONMENTS
from sentry_oms.offline.project import Project
from sentry_oms.offline.reading import read_environment

EXAMPLES = {
    "ALARM_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alarms",
    "CERTIFICATE_ARN": "arn:aws:acm:us-east-1:123456789012:certificate/example",
    "CODESTAR_CONNECTION_ARN": (
        "arn:aws:codestar-connections:us-east-1:123456789012:connection/example"
    ),
    "OMS_SOURCE_REPOSITORY": "org/oms-spider",
}
"""What the page takes for the values that are not in the repository."""

ABSENT = "-"
_OF_THE_ENVIRONMENT = "<env>"
_NAMES = ("Name", "Key", "PolicyName", "Sid", "LogicalName")
"""The members that tell the items of a list apart."""
_POLICIES = {"DeletionPolicy", "UpdateReplacePolicy"}
_KEPT = "when deleted or replaced"
_MOST_NAMED = 4
_LONGEST = 60


class Difference(NamedTuple):
    """A property of some resources of a stack, with its value in each environment."""

    stack: str
    what: str
    values: tuple[str, ...]


def page(root: Path) -> str:
    """docs/ENVIRONMENTS.md; the variables of ``EXAMPLES`` must be set."""
    projects = {name: read_environment(root, name) for name in ENVIRONMENTS}
    heads = " | ".join(ENVIRONMENTS)
    settings = [
        f"| `{key}` | {' | '.join(values)} |" for key, values in _settings(list(projects.values()))
    ]
    resources = [
        f"| {one.stack} | {one.what} | {' | '.join(one.values)} |" for one in differences(projects)
    ]
    return "\n".join(
        [
            "# Environments",
            "",
            "The stack files of all environments are the same, byte for byte. What differs comes",
            "from `config/<env>/config.yaml`, and from what a template maps to the environment.",
            "This page is generated from both (`make generated`); a test fails where it is stale.",
            f"`{_OF_THE_ENVIRONMENT}` stands for the environment's own name, and differs nowhere.",
            "",
            "## Settings in config.yaml",
            "",
            f"| setting | {heads} |",
            "|---|---|---|---|",
            *settings,
            "",
            "## Resources",
            "",
            f"`{ABSENT}` is what an environment does not have.",
            "",
            f"| stack | what | {heads} |",
            "|---|---|---|---|---|",
            *resources,
            "",
        ]
    )


def differences(projects: Mapping[str, Project]) -> list[Difference]:
    """What differs in the resources, those that differ alike in one row."""
    alike: defaultdict[tuple[str, str, tuple[str, ...]], dict[str, str]] = defaultdict(dict)
    for stack, by_environment in _deployed(projects).items():
        for resource, what, values in _of_stack(by_environment):
            kind = next(t[resource]["Type"] for t in by_environment.values() if resource in t)
            alike[stack, what, values][resource] = kind
    return [
        Difference(stack, f"{_named(resources)}: {what}" if what else _named(resources), values)
        for (stack, what, values), resources in alike.items()
    ]


def _deployed(projects: Mapping[str, Project]) -> dict[str, dict[str, Template]]:
    """By stack and environment, the resources, with the environment's name taken out."""
    found: dict[str, dict[str, Template]] = {}
    for environment, project in projects.items():
        own_name = re.compile(rf"(?<![A-Za-z]){environment}(?![A-Za-z])")
        for file in project.stacks:
            if file.template is None:
                continue
            resources = fold(file.template, project.values.evaluator(file))["Resources"]
            text = own_name.sub(_OF_THE_ENVIRONMENT, json.dumps(resources))
            stack = file.name.partition("/")[2]
            found.setdefault(stack, {})[environment] = json.loads(text)
    return dict(sorted(found.items()))


def _of_stack(
    by_environment: Mapping[str, Template],
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Resource, property, and the value in each environment, where these differ."""
    everywhere = dict.fromkeys(name for one in by_environment.values() for name in one)
    for resource in everywhere:
        own = [by_environment[environment].get(resource) for environment in ENVIRONMENTS]
        resources = [one for one in own if one is not None]
        if len(resources) < len(own):
            yield resource, "", tuple(ABSENT if one is None else "yes" for one in own)
            continue
        # Metadata is for readers of the template.
        shown = [{**_kept(one), **_without(one, "Metadata", *_POLICIES)} for one in resources]
        for path, values in _differing(shown):
            yield resource, path.replace("Properties.", ""), values


def _differing(values: Sequence[Any], path: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each place in which the values differ; what an environment lacks is not gone into."""
    if all(one == values[0] for one in values):
        return
    members = [_members(one) for one in values]
    if None in members:
        yield path, tuple(_text(one) if _members(one) is None else "yes" for one in values)
        return
    for key in dict.fromkeys(key for one in members for key in one or ()):
        place = key if not path else f"{path}{key}" if key.startswith("[") else f"{path}.{key}"
        yield from _differing([(one or {}).get(key) for one in members], place)


def _members(value: Any) -> dict[str, Any] | None:
    """What a value holds, by place; None where it is to be shown as a whole."""
    if isinstance(value, dict):
        return None if function_of(value) else value
    if isinstance(value, list):
        return {f"[{_item_name(item, number)}]": item for number, item in enumerate(value)}
    return None


def _kept(resource: Mapping[str, Any]) -> dict[str, str]:
    """What becomes of a resource, in one word where that is the same in both cases."""
    policies = dict.fromkeys(resource[key] for key in sorted(_POLICIES) if key in resource)
    return {_KEPT: " / ".join(policies)} if policies else {}


def _without(resource: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key not in keys}


def _item_name(item: Any, position: int) -> str:
    found = [item[key] for key in _NAMES if key in item] if isinstance(item, dict) else []
    return str(found[0]) if found and isinstance(found[0], str) else str(position)


def _named(resources: Mapping[str, str]) -> str:
    if len(resources) <= _MOST_NAMED:
        return ", ".join(resources)
    kinds = ", ".join(sorted({kind.rpartition("::")[2] for kind in resources.values()}))
    return f"{len(resources)} x {kinds}"


def _settings(projects: Sequence[Project]) -> Iterator[tuple[str, list[str]]]:
    """The settings that differ, with the value in each environment."""
    # Sceptre's own keys say where the stacks are, and stack_tags and environment name themselves.
    left_out = {"project_path", "stack_group_path", "stack_tags", "environment"}
    groups = [project.stacks[0].stack.stack_group_config for project in projects]
    for key in sorted({key for group in groups for key in group}):
        values = [_text(group.get(key)) for group in groups]
        if key not in left_out and len(set(values)) > 1:
            yield key, values


def _text(value: Any) -> str:
    if value is None:
        return ABSENT
    if value == "":
        return "none"
    if isinstance(value, dict) and function_of(value) in ("Ref", "Fn::Sub", "Fn::GetAtt"):
        (value,) = value.values()
    text = value if isinstance(value, str) else json.dumps(value)
    for name, example in EXAMPLES.items():
        text = text.replace(example, f"${name}")
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return short.replace("|", "\\|")


if __name__ == "__main__":
    os.environ.update(EXAMPLES)
    print(page(Path.cwd()), end="")
