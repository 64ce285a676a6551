"""The order in which stacks are planned, and Ctrl-C while they are."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sentry_oms.plan import run
from sentry_oms.plan.change import Kind, StackPlan
from sentry_oms.plan.parameters import Planned


def planned_names(
    monkeypatch: pytest.MonkeyPatch, during: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Plan c, which depends on b, which depends on a; return the stacks in the order planned."""
    done: list[str] = []

    def plan_stack(file: Any, earlier: dict[str, Planned]) -> Planned:
        assert all(one.name in earlier for one in file.stack.dependencies)
        during(file.name)
        done.append(file.name)
        return Planned(StackPlan(name=file.name, external_name="x", kind=Kind.FAILED))

    def file(name: str, *dependencies: str) -> Any:
        named = [SimpleNamespace(name=one) for one in dependencies]
        return SimpleNamespace(name=name, stack=SimpleNamespace(dependencies=named))

    known = {"a": file("a"), "b": file("b", "a"), "c": file("c", "b")}
    project: Any = SimpleNamespace(known=known, upstream=lambda _: {"a", "b"})
    monkeypatch.setattr(run.connections, "prepare_all", lambda _: None)
    monkeypatch.setattr(run, "describe_all", lambda *_: None)
    monkeypatch.setattr(run, "plan_stack", plan_stack)
    try:
        assert [one.name for one in run.plan(project, [known["c"]], "t").stacks] == done
    except run.InterruptedPlanError as interrupted:
        done.append(f"exit code {interrupted.exit_code}")
    return done


def test_a_stack_is_planned_after_its_dependencies_although_they_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert planned_names(monkeypatch) == ["a", "b", "c"]


def test_a_second_interrupt_still_waits_for_the_running_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CI systems that cancel a job send SIGINT, and a little later SIGTERM."""

    def interrupt(name: str) -> None:
        if name == "b":
            for one in (signal.SIGINT, signal.SIGTERM):
                os.kill(os.getpid(), one)
                time.sleep(0.2)

    assert planned_names(monkeypatch, interrupt) == ["a", "b", "exit code 143"]
