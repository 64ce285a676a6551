"""The run report: a run as JSON, written to ``OMS_REPORT=path.json``.

docs/schemas/run-report-1.json is this model's schema. Removing a field, or changing its meaning,
makes it version 2; adding one does not.
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
from sentry_oms.executor.states import Outcome, State


class StackReport(BaseModel):
    """Outcome of one stack."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="the stack's file without .yaml, relative to config/")
    state: State
    operation: Literal["created", "updated", "deleted"] | None = Field(
        description="what was done; null if nothing was written"
    )
    waits_for: list[str] = Field(description="its dependencies in this run")
    started_after_seconds: float | None = Field(
        description="since the start of the run; null if not started"
    )
    seconds: float | None = Field(description="duration; null if not started")
    cause: str | None = Field(description="why it failed, as one line")
    blocked_by: str | None = Field(description="the failed stack because of which it did not start")
    drift: StackDrift | None = Field(
        description="of a drift command; null for other commands, or if not checked at all"
    )


class RunReport(BaseModel):
    """A command over stacks, with the outcome of each."""

    model_config = ConfigDict(extra="forbid", title="Sentry OMS run report")

    version: Literal[1] = 1
    command: str
    started: datetime = Field(description="UTC")
    seconds: float
    succeeded: bool = Field(description="whether every stack is complete or unchanged")
    interrupted: bool
    stacks: list[StackReport] = Field(description="in the order of the plan")
    critical_path: list[str] = Field(description="the chain that determined the duration")
    resume: str = Field(description="the command line that resumes the run")


def report_to(
    path: str,
    resume: str,
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> Listener:
    """Return a listener that writes the report at the end of the run.

    Raises:
        SceptreException: the path can't be written; raised before the run starts.
    """
    target = Path(path)
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK) or target.is_dir():
        raise SceptreException(
            f"OMS_REPORT: {path} can't be written: name a file in a directory that exists"
        )

    def listen(event: Event, run: Run) -> None:
        if isinstance(event, Ended):
            report = _report(
                run, event.at, now() - timedelta(seconds=event.at - run.started), resume
            )
            # Atomic, so that no reader sees half a report.
            unfinished = target.with_name(f".{target.name}.unfinished")
            unfinished.write_text(report.model_dump_json(indent=2) + "\n")
            unfinished.replace(target)

    return listen


def _report(run: Run, ended: float, started: datetime, resume: str) -> RunReport:
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


def schema(model: type[BaseModel]) -> str:
    """Return the JSON schema of a report, as in docs/schemas."""
    described: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(mode="serialization"),
    }
    return json.dumps(described, indent=2) + "\n"


def _stack(stack: StackRun, run: Run, ended: float) -> StackReport:
    started, outcome = stack.started, stack.outcome or Outcome(stack.state)
    return StackReport(
        name=stack.name,
        state=stack.state,
        operation=outcome.operation,  # type: ignore[arg-type]
        waits_for=sorted(stack.waits_for),
        started_after_seconds=None if started is None else round(started - run.started, 3),
        seconds=None if started is None else round(stack.seconds(ended), 3),
        cause=outcome.cause,
        blocked_by=stack.blocked_by,
        drift=outcome.drift,
    )


if __name__ == "__main__":
    print(schema(RunReport), end="")
