"""What the shared view promises: one call a stack, and never yesterday's outputs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sentry_oms.aws.view import Description, StackKey, View
from tests.unit.tags import stack

VPC = StackKey("sentry-vpc-dev", "us-east-1", None, None)
COMPLETE: Description = {"StackStatus": "CREATE_COMPLETE"}


class Asked:
    """Counts the calls that reach AWS."""

    def __init__(self, *answers: Description) -> None:
        self.answers = list(answers)
        self.count = 0

    def __call__(self) -> Description:
        self.count += 1
        return self.answers.pop(0)


def test_a_stack_is_asked_for_once() -> None:
    view, ask = View(), Asked(COMPLETE)
    assert view.describe(VPC, ask) == view.describe(VPC, ask) == COMPLETE
    assert ask.count == 1


def test_threads_that_want_the_same_stack_share_one_call() -> None:
    view, started, answer = View(), threading.Barrier(4), threading.Event()
    count = 0

    def ask() -> Description:
        nonlocal count
        count += 1
        answer.wait()
        return COMPLETE

    def want() -> Description:
        started.wait()
        return view.describe(VPC, ask)

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(want) for _ in range(4)]
        answer.set()
        assert [future.result() for future in futures] == [COMPLETE] * 4
    assert count == 1


def test_a_stack_that_is_being_written_is_asked_for_again() -> None:
    writing = {"StackStatus": "UPDATE_IN_PROGRESS"}
    view, ask = View(), Asked(writing, COMPLETE)
    assert view.describe(VPC, ask) == writing
    assert view.describe(VPC, ask) == COMPLETE


def test_a_forgotten_stack_is_asked_for_again() -> None:
    view, ask = View(), Asked(COMPLETE, {**COMPLETE, "Outputs": []})
    view.describe(VPC, ask)
    view.forget(VPC)
    assert view.describe(VPC, ask) == {**COMPLETE, "Outputs": []}


def test_the_same_name_elsewhere_is_another_stack() -> None:
    view, ask = View(), Asked(COMPLETE, COMPLETE)
    view.describe(VPC, ask)
    view.describe(VPC._replace(region="sa-east-1"), ask)
    assert ask.count == 2


def test_a_key_holds_what_sceptre_would_call_with() -> None:
    target = stack("dev/vpc")
    target.external_name, target.profile, target.sceptre_role = "sentry-vpc-dev", "p", "r"
    assert StackKey.of(target) == ("sentry-vpc-dev", "us-east-1", "p", "r")


def test_that_there_is_no_such_stack_is_remembered_until_it_is_written() -> None:
    view, asked = View(), [COMPLETE, None]
    assert view.describe(VPC, asked.pop) is None
    assert view.describe(VPC, asked.pop) is None
    view.forget(VPC)
    assert view.describe(VPC, asked.pop) == COMPLETE


class TestOnce:
    def test_what_was_found_is_kept(self) -> None:
        view, ask = View(), Asked(COMPLETE)
        assert view.once("key", ask) == view.once("key", ask) == COMPLETE

    def test_what_is_missing_is_looked_for_again(self) -> None:
        view, answers = View(), ["made", None]
        assert view.once("key", answers.pop) is None
        assert view.once("key", answers.pop) == "made"


class TestBeside:
    def test_it_holds_until_the_stack_is_written(self) -> None:
        view, answers = View(), ["new", "old"]
        view.see(VPC, COMPLETE)
        assert view.beside(VPC, "service", answers.pop) == "old"
        assert view.beside(VPC, "service", answers.pop) == "old"
        view.forget(VPC)
        view.see(VPC, COMPLETE)
        assert view.beside(VPC, "service", answers.pop) == "new"

    def test_without_the_stack_nobody_would_say_that_it_is_written(self) -> None:
        view, answers = View(), ["new", "old"]
        assert view.beside(VPC, "service", answers.pop) == "old"
        assert view.beside(VPC, "service", answers.pop) == "new"
