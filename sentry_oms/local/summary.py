"""The end of ``make launch``: the stacks that exist, and the next commands to try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from rich.console import Console

from sentry_oms import names
from sentry_oms.aws.absence import none_if_absent

Stack = Mapping[str, Any]
"""A member of ``Stacks`` in the response of DescribeStacks."""


def stacks_of(cloudformation: Any, environment: str) -> list[Stack]:
    """Return the stacks of an environment, oldest first."""
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    stacks = [
        stack
        for page in pages
        for stack in page["Stacks"]
        if names.stack_of(stack["StackName"], environment)
    ]
    return sorted(stacks, key=lambda stack: stack["CreationTime"])


def is_complete(stack: Stack) -> bool:
    """Whether the last operation on the stack succeeded, which a rollback is not."""
    status = stack["StackStatus"]
    return bool(status.endswith("_COMPLETE") and "ROLLBACK" not in status)


def waiting_services(ecs: Any, environment: str) -> list[tuple[str, str]]:
    """Return the services with a count of 0, each with the repository for its image."""
    waiting = []
    for one in names.SERVICES:
        cluster = names.cluster_name(one.cluster, environment)
        service = names.service_name(one.service, environment)
        response = none_if_absent(
            partial(ecs.describe_services, cluster=cluster, services=[service]),
            "ClusterNotFoundException",
        )
        found = response["services"] if response else []
        if any(one["status"] == "ACTIVE" and one["desiredCount"] == 0 for one in found):
            waiting.append((service, names.repository_name(one.image, environment)))
    return waiting


def operation(stack: Stack, since: datetime | None) -> str:
    """Return created, updated or unchanged for a stack since a moment."""
    if since is None:
        return ""
    if stack["CreationTime"] >= since:
        return "created"
    if stack.get("LastUpdatedTime", stack["CreationTime"]) >= since:
        return "updated"
    return "unchanged"


def show(
    console: Console,
    stacks: Iterable[Stack],
    environment: str,
    endpoint: str,
    since: datetime | None = None,
    notes: Iterable[str] = (),
) -> None:
    """Print the stacks with their outputs, the notes, and the next commands to try."""
    stacks = list(stacks)
    lines = [line for stack in stacks for line in _lines(stack, since)]
    console.print(
        "\n".join(
            [
                *lines,
                "",
                _sentence(stacks, environment, since),
                *notes,
                f"The embedded AWS is at {endpoint}; point a client at it with:",
                '  eval "$(make -s aws-env)"',
                "Then try:",
                f"  .venv/bin/sceptre diff {environment}    what a launch would change",
                f"  .venv/bin/sceptre status {environment}  each stack's state",
                "  make test                     every test",
                "  make stop                     end the embedded AWS",
            ]
        ),
        # Without these, rich would read ":secret:" in an ARN as an emoji.
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
    )


def notes(
    waiting: Iterable[tuple[str, str]],
    expected: Iterable[str],
    stacks: Iterable[Stack],
    environment: str,
) -> list[str]:
    """Return a note on each service and stack that is missing.

    Args:
        waiting: services with a count of 0, each with its repository.
        expected: the names of the stack files.
        stacks: those that exist.
        environment: their environment.
    """
    services = [f"{service} ({repository})" for service, repository in waiting]
    found = []
    if services:
        found.append(
            f"0 tasks until an image is in the repository: {', '.join(services)}. Push it, and "
            "launch again."
        )
    existing = {names.stack_of(stack["StackName"], environment) for stack in stacks}
    missing = sorted(set(expected) - existing)
    pipelines = [name for name in missing if name.startswith("pipeline-")]
    others = [name for name in missing if name not in pipelines]
    if pipelines:
        found.append(
            f"Not launched: {', '.join(pipelines)}. A pipeline needs a connection to GitHub: "
            "set CODESTAR_CONNECTION_ARN, and launch again."
        )
    if others:
        found.append(f"Not launched: {', '.join(others)}.")
    return found


def _lines(stack: Stack, since: datetime | None) -> list[str]:
    outputs = [o for o in stack.get("Outputs", []) if o["OutputKey"] != "StackName"]
    width = max((len(output["OutputKey"]) for output in outputs), default=0)
    heading = f"{stack['StackName']}  {stack['StackStatus']}  {operation(stack, since)}".rstrip()
    return [
        "",
        heading,
        *(f"  {output['OutputKey']:{width}}  {output['OutputValue']}" for output in outputs),
    ]


def _sentence(stacks: list[Stack], environment: str, since: datetime | None) -> str:
    complete = sum(is_complete(stack) for stack in stacks)
    sentence = f"{environment}: {complete} of {len(stacks)} stacks COMPLETE"
    if since is None:
        return f"{sentence}."
    found = Counter(operation(stack, since) for stack in stacks)
    changes = ", ".join(f"{found[word]} {word}" for word in ("created", "updated") if found[word])
    return f"{sentence}; {changes or 'nothing changed'}."
