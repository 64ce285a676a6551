"""What a person reads of a run: lines in a log, a table on a terminal, and the last lines."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from rich.console import Console

from sentry_oms.executor.events import Changed, Ended, Interrupted, Listener, Run, Started, Tick
from sentry_oms.executor.lines import Lines, StillReading
from sentry_oms.executor.run import display
from sentry_oms.executor.states import Outcome, State
from sentry_oms.executor.summary import Summary
from sentry_oms.executor.table import LiveTable
from sentry_oms.executor.words import duration
from tests.unit.executor.runs import GRAPH, UNCHANGED, failure, run

RESUME = "sceptre launch -y dev"


def console(terminal: bool = False, **settings: object) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=terminal,
        width=settings.pop("width", 200),  # type: ignore[arg-type]
        highlight=False,
        soft_wrap=not terminal,
        _environ={key: str(value) for key, value in settings.items()},
    )


def text(of: Console) -> str:
    file = of.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.9, "9.9 s"), (12.4, "12 s"), (185, "3:05"), (3723, "1:02:03")],
)
def test_a_duration_is_as_exact_as_it_needs_to_be(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def lines(*outcomes: tuple[str, Outcome]) -> list[str]:
    to = console()
    run(dict(outcomes), limit=1, listeners=(Lines(to), Summary(to, RESUME)))
    return text(to).splitlines()


class TestLines:
    def test_say_what_became_of_each_stack_and_why(self) -> None:
        said = "\n".join(lines(("dev/redis", failure()), ("dev/sqs", UNCHANGED)))
        assert "launch of 5 stacks" in said
        assert "] dev/sqs unchanged\n" in said
        assert "] dev/vpc created in 2.0 s\n" in said
        assert "] dev/redis failed: Table (AWS::DynamoDB::Table) CREATE_FAILED: it exists\n" in said
        assert "] dev/task not started: dev/redis failed\n" in said

    def test_a_stack_that_is_written_is_named_when_it_begins(self) -> None:
        to, one = console(), Run.of("launch", GRAPH, 0)
        stack = one.stacks["dev/redis"]
        stack.state, stack.started, stack.doing = State.RUNNING, 1, "creating"
        Lines(to)(Changed(3, stack), one)
        assert text(to) == "  [3.0 s] dev/redis creating\n"

    def test_after_a_minute_of_silence_they_say_who_runs(self) -> None:
        to, one = console(), Run.of("launch", GRAPH, 0)
        listen = Lines(to)
        listen(Started(0), one)
        redis = one.stacks["dev/redis"]
        redis.state, redis.started = State.RUNNING, 10
        for now in (30, 59, 70, 100, 129):
            listen(Tick(now), one)
        assert text(to).splitlines()[1:] == ["   [1:10] still running: dev/redis (1:00); 4 waiting"]


class TestSummary:
    def test_the_last_lines_name_cause_what_was_not_started_and_how_to_resume(self) -> None:
        last = lines(("dev/redis", failure()))[-5:]
        assert last[0].startswith("launch: 3 created, 1 failed, 1 not started, in ")
        assert last[1].startswith("critical path: dev/")
        assert last[2:] == [
            "failed: dev/redis: Table (AWS::DynamoDB::Table) CREATE_FAILED: it exists",
            "not started: dev/task (after dev/redis)",
            f"resume: {RESUME}",
        ]

    def test_one_cause_of_many_stacks_is_said_once(self) -> None:
        said = lines(("dev/vpc", failure("no")), ("dev/sqs", failure("no")))
        assert [line for line in said if line.startswith("failed")] == [
            "failed: dev/sqs, dev/vpc: no"
        ]

    def test_where_all_went_well_there_is_nothing_to_resume(self) -> None:
        assert not any(line.startswith(("resume", "failed")) for line in lines())

    def test_without_a_change_there_is_no_critical_path(self) -> None:
        said = lines(*((name, UNCHANGED) for name in GRAPH))
        assert said[-1].startswith("launch: 5 unchanged, in ")

    def test_an_interrupt_says_what_goes_on(self) -> None:
        to, one = console(), Run.of("launch", GRAPH, 0)
        listen = Summary(to, RESUME)
        redis, sqs = one.stacks["dev/redis"], one.stacks["dev/sqs"]
        redis.state, redis.started, redis.doing = State.RUNNING, 0, "creating"
        listen(Interrupted(5, 1), one)
        redis.state = sqs.state = State.INTERRUPTED
        listen(Interrupted(6, 2), one)
        listen(Ended(7), one)
        said = text(to).splitlines()
        assert said[0] == (
            "Interrupted: nothing new is started, and 1 stack (dev/redis) watched to the end. "
            "Ctrl-C again stops watching."
        )
        assert said[-3:] == [
            "not started: dev/sqs (interrupted)",
            "no longer watched: dev/redis: CloudFormation goes on creating it",
            f"resume: {RESUME}",
        ]


class TestTable:
    def shown(self, height: int = 40) -> str:
        to = console(terminal=True, LINES=height, COLUMNS=200, TERM="xterm")
        table = LiveTable(to, lambda: 5.0)
        done = Run.of("launch", GRAPH, 0)
        vpc = done.stacks["dev/vpc"]
        vpc.state, vpc.started, vpc.doing = State.RUNNING, 2, "creating"
        table(Started(0), done)
        table(Ended(5), done)
        return text(to)

    def test_it_says_who_runs_and_who_waits_for_whom(self) -> None:
        shown = self.shown()
        assert "creating" in shown
        assert "3.0 s" in shown
        assert "waits for dev/cluster, dev/redis" in shown
        assert "0 of 5 done" in shown

    def test_on_a_low_screen_what_runs_stays(self) -> None:
        shown = self.shown(height=8)
        assert "dev/vpc" in shown
        assert "and 3 stacks more" in shown

    def test_sceptres_log_goes_above_it_and_back_afterwards(self) -> None:
        handler = logging.StreamHandler()
        logger = logging.getLogger("sceptre")
        logger.addHandler(handler)
        try:
            self.shown()
            assert handler.stream is sys.__stderr__
        finally:
            logger.removeHandler(handler)


class TestChoice:
    def kinds(self, to: Console) -> set[type[Listener]]:
        return {type(one) for one in display(to, RESUME)}

    def test_a_pipe_gets_lines(self) -> None:
        assert self.kinds(console()) == {Lines, Summary}

    def test_a_terminal_gets_a_table(self) -> None:
        assert self.kinds(console(terminal=True, TERM="xterm")) == {LiveTable, Summary}

    def test_a_dumb_terminal_and_debug_get_lines(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert Lines in self.kinds(console(terminal=True, TERM="dumb"))
        monkeypatch.setattr(logging.getLogger("sceptre"), "isEnabledFor", lambda _: True)
        assert Lines in self.kinds(console(terminal=True, TERM="xterm"))


def test_a_command_that_only_reads_says_a_word_a_minute_and_else_nothing() -> None:
    out = console()
    listener = StillReading(out)
    reading = Run.of("diff", {"dev/vpc": frozenset()}, 0)
    reading.stacks["dev/vpc"].state = State.RUNNING
    listener(Started(0), reading)
    listener(Tick(59), reading)
    assert text(out) == ""
    listener(Tick(60), reading)
    listener(Tick(61), reading)
    listener(Tick(120), reading)
    assert text(out).splitlines() == [
        "diff: still waiting for AWS: dev/vpc (1:00)",
        "diff: still waiting for AWS: dev/vpc (2:00)",
    ]
