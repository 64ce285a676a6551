"""The shared view of AWS: one call for each stack, and a new one after each write."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from sentry_oms.aws.view import Description, StackKey, View
from tests.unit.tags import stack

VPC = StackKey("sentry-vpc-dev", "us-east-1", None, None)
COMPLETE: Description = {"StackStatus": "CREATE_COMPLETE"}
WRITING: Description = {"StackStatus": "UPDATE_IN_PROGRESS"}


class Asked:
    """Answers one after the other."""

    def __init__(self, *answers: Any) -> None:
        self.left = list(answers)

    def __call__(self) -> Any:
        return self.left.pop(0)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([COMPLETE], [COMPLETE, COMPLETE]),
        ([None], [None, None]),
        ([WRITING, COMPLETE], [WRITING, COMPLETE]),
    ],
    ids=["it exists", "it does not exist", "it is being written"],
)
def test_a_stack_is_described_once_unless_it_is_being_written(
    answers: list[Any], expected: list[Any]
) -> None:
    view, ask = View(), Asked(*answers)
    assert [view.describe(VPC, ask) for _ in expected] == expected
    assert ask.left == []


@pytest.mark.parametrize("before", [COMPLETE, None])
def test_a_forgotten_stack_is_described_again(before: Any) -> None:
    view, ask = View(), Asked(before, {**COMPLETE, "Outputs": []})
    view.describe(VPC, ask)
    view.forget(VPC)
    assert view.describe(VPC, ask) == {**COMPLETE, "Outputs": []}


def test_a_stack_of_another_region_is_another_stack() -> None:
    view, ask = View(), Asked(COMPLETE, WRITING)
    assert view.describe(VPC, ask) == COMPLETE
    assert view.describe(VPC._replace(region="sa-east-1"), ask) == WRITING


def test_threads_share_one_call() -> None:
    view, started, answer, ask = View(), threading.Barrier(4), threading.Event(), Asked(COMPLETE)

    def slowly() -> Description:
        answer.wait()
        return dict(ask())

    def want() -> Any:
        started.wait()
        return view.describe(VPC, slowly)

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(want) for _ in range(4)]
        answer.set()
        assert [future.result() for future in futures] == [COMPLETE] * 4


def test_the_key_of_a_stack_has_the_arguments_of_sceptres_calls() -> None:
    target = stack("dev/vpc")
    target.profile, target.sceptre_role = "p", "r"
    assert StackKey.of(target) == ("sentry-vpc-dev", "us-east-1", "p", "r")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [(["found"], ["found", "found"]), ([None, "made"], [None, "made"])],
    ids=["found", "missing"],
)
def test_a_value_is_read_once_after_it_was_found(answers: list[Any], expected: list[Any]) -> None:
    view, ask = View(), Asked(*answers)
    assert [view.once("key", ask) for _ in expected] == expected


def test_a_value_beside_a_stack_is_read_again_after_each_write() -> None:
    view, ask = View(), Asked("unseen", "old", "new")
    assert view.beside(VPC, "service", ask) == "unseen"
    for value in ("old", "new"):
        view.see(VPC, COMPLETE)
        assert [view.beside(VPC, "service", ask) for _ in range(2)] == [value] * 2
        view.forget(VPC)


def test_a_command_begins_and_ends_with_an_empty_view() -> None:
    view, ask = View(), Asked("before", "in it", "after")
    assert view.once("key", ask) == "before"
    view.see(VPC, COMPLETE)
    view.leave("hook", "state of a failed command")
    with view.command():
        assert view.take("hook") is None
        assert view.seen(VPC) is None
        assert [view.once("key", ask) for _ in range(2)] == ["in it"] * 2
        view.see(VPC, COMPLETE)
    assert view.seen(VPC) is None
    assert view.once("key", ask) == "after"


@pytest.mark.parametrize("others", [[], [False], [True, False]], ids=["none", "stock", "both"])
def test_without_drops_every_reader_calls(others: list[bool]) -> None:
    view, ask = View(is_kept=False), Asked(COMPLETE, None)
    with ExitStack() as running:
        for drops in others:
            running.enter_context(view.command(drops=drops))
        assert [view.describe(VPC, ask) for _ in range(2)] == [COMPLETE, None]


def test_a_command_keeps_the_state_that_a_hook_of_another_one_left() -> None:
    view = View()
    with view.command():
        view.leave("hook", "state")
        with view.command():
            pass
        assert view.take("hook") == "state"


def test_an_answer_from_before_a_command_is_not_kept() -> None:
    view, started, answer = View(), threading.Event(), threading.Event()

    def slowly() -> Description:
        started.set()
        answer.wait()
        return COMPLETE

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(view.describe, VPC, slowly)
        started.wait()
        with view.command():
            answer.set()
            assert asked.result() == COMPLETE
            assert view.seen(VPC) is None
