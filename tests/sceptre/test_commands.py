"""Each command of Sceptre does the same with its own executor and with ours, but for a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from sceptre.cli import cli
from sceptre.plan.actions import StackActions
from sceptre.plan.plan import SceptrePlan

from tests.conftest import EmbeddedAws, Project
from tests.sceptre.cases import CASES, Case
from tests.sceptre.differences import listed, unknown
from tests.sceptre.project import CONFIG, Stacks, files
from tests.sceptre.running import (
    Calls,
    Outcome,
    by_command_line,
    failed,
    in_this_process,
    through_python,
)

RUNS = [
    pytest.param(case, run, id=f"{case.name}-{way}")
    for case in CASES
    for way, run, it_has in (
        ("python", through_python, case.plan),
        ("line", by_command_line, case.line),
    )
    if it_has
]


@pytest.fixture(scope="module")
def calls(aws: EmbeddedAws) -> Iterator[Calls]:
    with in_this_process(aws) as calls:
        yield calls


@pytest.fixture(scope="module")
def stacks(aws: EmbeddedAws) -> Stacks:
    return Stacks(aws)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Project(tmp_path_factory.mktemp("project"), {}, files()).directory


@pytest.mark.parametrize(("case", "run"), RUNS)
def test_the_executors_differ_as_listed(
    calls: Calls,
    stacks: Stacks,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
    run: Callable[[Path, Case], Outcome],
) -> None:
    monkeypatch.chdir(project)
    outcomes = []
    for executor in ({}, {"executor": "ready_queue"}):
        (project / "config/config.yaml").write_text(json.dumps({**CONFIG, **executor}))
        stacks.prepare(case.stacks, case.change_sets, case.refused)
        calls.take()
        outcomes.append({**run(project, case), **calls.take()})
        if outcomes[-1]["writes"]:
            stacks.forget()
    sceptres, ours = outcomes
    assert failed(sceptres) is case.fails, sceptres
    differing = {aspect for aspect in ours if ours[aspect] != sceptres[aspect]}
    expected = listed(case.name) & set(ours)
    assert differing == expected, "\n".join(
        f"{aspect}:\n  Sceptre's: {sceptres[aspect]}\n  ours: {ours[aspect]}"
        for aspect in differing ^ expected
    )


def test_the_differences_are_of_cases() -> None:
    assert unknown() == set()


def test_every_command_of_the_command_line_has_a_case() -> None:
    lines = [f" {case.line} " for case in CASES]
    missing = [one for one in commands(cli) if not any(f" {one} " in line for line in lines)]
    # It asks questions and writes files, without config.yaml and without AWS.
    assert missing == ["new group", "new project"]


def test_every_command_of_a_plan_has_a_case() -> None:
    public = {name for name in vars(SceptrePlan) if name in vars(StackActions)}
    called = {case.plan[0] for case in CASES if isinstance(case.plan, tuple)}
    assert called == {name for name in public if not name.startswith("_")}


def commands(group: click.Group) -> list[str]:
    """Return the commands of a group and of the groups in it."""
    found = []
    for name, command in group.commands.items():
        inner = commands(command) if isinstance(command, click.Group) else []
        found += [f"{name} {one}" for one in inner] or [name]
    return found
