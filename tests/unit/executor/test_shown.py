"""The output of a run: lines in a log, a table on a terminal, and the last lines."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from rich.console import Console

from sentry_oms.executor.events import Changed, Ended, Interrupted, Listener, Run, Started, Tick
from sentry_oms.executor.lines import Lines, StillReading
from sentry_oms.executor.remarks import Remarks
from sentry_oms.executor.run import display
from sentry_oms.executor.states import Outcome, State
from sentry_oms.executor.summary import Summary
from sentry_oms.executor.table import LiveTable
from sentry_oms.executor.words import duration
from tests.unit.executor.runs import GRAPH, UNCHANGED, failure, run

RESUME = "sceptre launch -y dev"


def console(terminal: bool = False, **settings: str) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=terminal,
        width=200,
        highlight=False,
        soft_wrap=not terminal,
        _environ=settings,
    )


def text(of: Console) -> str:
    file = of.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.9, "9.9 s"), (12.4, "12 s"), (185, "3:05"), (3723, "1:02:03")],
)
def test_a_duration_is_as_exact_as_necessary(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def lines(*outcomes: tuple[str, Outcome]) -> list[str]:
    to = console()
    run(dict(outcomes), limit=1, listeners=(Lines(to), Summary(to, RESUME)))
    return text(to).splitlines()


@pytest.fixture
def launch() -> Run:
    """A launch of which redis is being created."""
    launch = Run.of("launch", GRAPH, 0)
    redis = launch.stacks["dev/redis"]
    redis.state, redis.started, redis.doing = State.RUNNING, 1, "creating"
    return launch


class TestLines:
    def test_the_outcome_of_each_stack_is_a_line(self) -> None:
        said = "\n".join(
            lines(("dev/redis", failure("Table CREATE_FAILED")), ("dev/sqs", UNCHANGED))
        )
        assert "launch of 5 stacks" in said
        assert "] dev/sqs unchanged\n" in said
        assert "] dev/vpc created in 2.0 s\n" in said
        assert "] dev/redis failed: Table CREATE_FAILED\n" in said
        assert "] dev/task not started: dev/redis failed\n" in said

    def test_the_start_of_a_write_is_a_line(self, launch: Run) -> None:
        to = console()
        Lines(to)(Changed(3, launch.stacks["dev/redis"]), launch)
        assert text(to) == "  [3.0 s] dev/redis creating\n"

    def test_after_a_silent_minute_the_running_stacks_are_a_line(self, launch: Run) -> None:
        to = console()
        listen = Lines(to)
        listen(Started(0), launch)
        for now in (30, 59, 70, 100, 129):
            listen(Tick(now), launch)
        (said,) = text(to).splitlines()[1:]
        assert said == "   [1:10] still running: dev/redis (1:09); 4 waiting"


class TestSummary:
    def test_it_ends_with_the_cause_the_skipped_stacks_and_the_command_that_resumes(self) -> None:
        last = lines(("dev/redis", failure("no")))[-5:]
        assert last[0].startswith("launch: 3 created, 1 failed, 1 not started, in ")
        assert last[1].startswith("critical path: dev/")
        assert last[2:] == [
            "failed: dev/redis: no",
            "not started: dev/task (after dev/redis)",
            f"resume: {RESUME}",
        ]

    def test_stacks_with_one_cause_are_one_line(self) -> None:
        said = lines(("dev/vpc", failure("no")), ("dev/sqs", failure("no")))
        assert "failed: dev/sqs, dev/vpc: no" in said

    def test_a_successful_launch_has_nothing_to_resume(self) -> None:
        assert not any(line.startswith(("resume", "failed")) for line in lines())

    def test_a_launch_without_changes_has_no_critical_path(self) -> None:
        said = lines(*((name, UNCHANGED) for name in GRAPH))
        assert said[-1].startswith("launch: 5 unchanged, in ")

    def test_an_interrupt_names_the_stacks_that_cloudformation_still_writes(
        self, launch: Run
    ) -> None:
        to = console()
        listen = Summary(to, RESUME)
        listen(Interrupted(5, 1), launch)
        launch.stacks["dev/redis"].state = launch.stacks["dev/sqs"].state = State.INTERRUPTED
        listen(Interrupted(6, 2), launch)
        listen(Ended(7), launch)
        first, *_, not_started, unwatched, resume = text(to).splitlines()
        assert "1 stack (dev/redis)" in first
        assert "Ctrl-C again" in first
        assert not_started == "not started: dev/sqs (interrupted)"
        assert unwatched.startswith("no longer watched: dev/redis: CloudFormation ")
        assert resume == f"resume: {RESUME}"


class TestTable:
    def shown(self, launch: Run, height: int = 40) -> str:
        to = console(terminal=True, LINES=str(height), COLUMNS="200", TERM="xterm")
        table = LiveTable(to, lambda: 5.0)
        table(Started(0), launch)
        table(Ended(5), launch)
        return text(to)

    def test_a_low_screen_keeps_the_running_stacks(self, launch: Run) -> None:
        shown = self.shown(launch, height=8)
        assert "dev/redis" in shown
        assert "and 3 stacks more" in shown

    def test_sceptres_log_is_redirected_and_restored(self, launch: Run) -> None:
        handler = logging.StreamHandler()
        logger = logging.getLogger("sceptre")
        logger.addHandler(handler)
        try:
            self.shown(launch)
            assert handler.stream is sys.__stderr__
        finally:
            logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("terminal", "term", "debug", "kind"),
    [
        pytest.param(False, "", False, Lines, id="a pipe"),
        pytest.param(True, "xterm", False, LiveTable, id="a terminal"),
        pytest.param(True, "dumb", False, Lines, id="a dumb terminal"),
        pytest.param(True, "xterm", True, Lines, id="debug"),
    ],
)
def test_only_a_terminal_gets_a_table(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, term: str, debug: bool, kind: type[Listener]
) -> None:
    monkeypatch.setattr(logging.getLogger("sceptre"), "isEnabledFor", lambda _: debug)
    found = {type(one) for one in display(console(terminal, TERM=term), RESUME)}
    assert found == {kind, Remarks, Summary}


def test_a_reading_command_prints_a_line_a_minute() -> None:
    out = console()
    listener = StillReading(out)
    reading = Run.of("diff", {"dev/vpc": frozenset()}, 0)
    reading.stacks["dev/vpc"].state = State.RUNNING
    for event in (Started(0), Tick(59), Tick(60), Tick(61), Tick(120)):
        listener(event, reading)
    said = text(out).splitlines()
    assert all(line.startswith("diff: ") and "dev/vpc" in line for line in said)
    assert [line.rpartition(" ")[2] for line in said] == ["(1:00)", "(2:00)"]
