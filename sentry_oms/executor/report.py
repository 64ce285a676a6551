"""The run as JSON, for CI and for whoever asks later: ``OMS_REPORT=path.json``.

docs/schemas/run-report-1.json is this model's schema. A field that goes or changes its meaning
makes it version 2; one that is added does not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sceptre.exceptions import SceptreException

from sentry_oms.executor.drift.model import StackDrift
from sentry_oms.executor.events import Ended, Event, Listener, Run, StackRun
from sentry_oms.executor.states import State


class StackReport(BaseModel):
    """What became of one stack."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="the stack's file without .yaml, relative to config/")
    state: State
    operation: Literal["created", "updated", "deleted"] | None = Field(
        description="what was done; null where nothing was written"
    )
    waits_for: list[str] = Field(description="the stacks of this run that go before it")
    started_after_seconds: float | None = Field(
        description="from the run's start; null: not started"
    )
    seconds: float | None = Field(description="how long it took; null: not started")
    cause: str | None = Field(description="why it failed, as one line")
    blocked_by: str | None = Field(description="the failed stack for which it was not started")
    drift: StackDrift | None = Field(
        description="of sceptre drift; null: another command, or not checked at all"
    )


class RunReport(BaseModel):
    """A command over stacks: what became of each."""

    model_config = ConfigDict(extra="forbid", title="Sentry OMS run report")

    version: Literal[1] = 1
    command: str
    started: datetime = Field(description="UTC")
    seconds: float
    succeeded: bool = Field(description="whether every stack is complete or unchanged")
    interrupted: bool
    stacks: list[StackReport] = Field(description="in the order of the plan")
    critical_path: list[str] = Field(description="the chain of stacks that decided the duration")
    resume: str = Field(description="the command line that goes on where this one ended")


def report_to(
    path: str,
    resume: str,
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> Listener:
    """A listener that writes the report at the run's end.

    Raises:
        SceptreException: it could not be written there, found before anything starts.
    """
    target = Path(path)
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK) or target.is_dir():
        raise SceptreException(
            f"OMS_REPORT: {path} can't be written: name a file in a directory that exists"
        )

    def listen(event: Event, run: Run) -> None:
        if isinstance(event, Ended):
            report = of(run, event.at, now() - timedelta(seconds=event.at - run.started), resume)
            # Whoever reads it never sees half of it.
            unfinished = target.with_name(f".{target.name}.unfinished")
            unfinished.write_text(report.model_dump_json(indent=2) + "\n")
            unfinished.replace(target)

    return listen


def of(run: Run, ended: float, started: datetime, resume: str) -> RunReport:
    """The report of a run that is over."""
    return RunReport(
        command=run.command,
        started=started,
        seconds=round(ended - run.started, 3),
        succeeded=all(stack.state.is_done for stack in run),
        interrupted=bool(run.interrupts),
        stacks=[_stack(stack, run, ended) for stack in run],
        critical_path=[stack.name for stack in run.critical_path()],
        resume=resume,
    )


def schema() -> str:
    """The JSON schema of a report, as docs/schemas has it."""
    described: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **RunReport.model_json_schema(mode="serialization"),
    }
    return json.dumps(described, indent=2) + "\n"


def _stack(stack: StackRun, run: Run, ended: float) -> StackReport:
    has_started = stack.started is not None
    return StackReport(
        name=stack.name,
        state=stack.state,
        operation=stack.outcome.operation if stack.outcome else None,  # type: ignore[arg-type]
        waits_for=sorted(stack.waits_for),
        started_after_seconds=(
            round(stack.started - run.started, 3) if stack.started is not None else None
        ),
        seconds=round(stack.seconds(ended), 3) if has_started else None,
        cause=stack.outcome.cause if stack.outcome else None,
        blocked_by=stack.blocked_by,
        drift=stack.outcome.drift if stack.outcome else None,
    )


if __name__ == "__main__":
    print(schema(), end="")
