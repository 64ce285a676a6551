"""Runs a command of Sceptre in this process, through Python or its command line, and records it."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.client
import pytest
from click.testing import CliRunner
from sceptre.cli import cli
from sceptre.connection_manager import ConnectionManager
from sceptre.context import SceptreContext
from sceptre.plan import actions
from sceptre.stack import Stack
from sceptre.stack_status import StackStatus

from sentry_oms.executor import pace
from sentry_oms.seams import install
from tests.conftest import EmbeddedAws
from tests.sceptre.cases import Case

Outcome = dict[str, Any]
"""What a command did, by aspect: result, printed, exit code, data, run, writes, options, ..."""
READS = ("Describe", "Detect", "Estimate", "Get", "List", "Validate")
OPTIONS = ("ClientRequestToken", "RetainExceptOnCreate")
"""Arguments that do not change what a write does to a stack that is well."""
RUN_LINE = re.compile(
    r"^ *\[\d+(?:\.\d)? (?:s|m|min).*\n"
    r"|^(?:\w+: \d+ [a-z]|critical path: |failed: |not started: |resume: ).*\n",
    flags=re.MULTILINE,
)
"""A line of a run or of its summary."""
CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.+:Z]*"
    r"|datetime\.datetime\(.*?tzinfo=\w+\(\)\)"
    r"|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"
)
"""Times and IDs, which differ from run to run."""


class Calls:
    """The calls of AWS in this process."""

    def __init__(self) -> None:
        self._calls: list[tuple[str, dict[str, Any]]] = []

    def add(self, operation: str, arguments: dict[str, Any]) -> None:
        """Record a call."""
        self._calls.append((operation, plain(arguments)))

    def take(self) -> Outcome:
        """Return the calls since the last time: writes in order, and the different reads."""
        calls, self._calls = self._calls, []
        reads = {
            f"{operation} {arguments.get('StackName', '')}"
            for operation, arguments in calls
            if operation.startswith(READS)
        }
        events = {one for one in reads if one.startswith("DescribeStackEvents")}
        writes = [one for one in calls if not one[0].startswith(READS)]
        return {
            "writes": [
                (operation, {key: one for key, one in arguments.items() if key not in OPTIONS})
                for operation, arguments in writes
            ],
            "options": {
                f"{operation} {key}"
                for operation, arguments in writes
                for key in arguments
                if key in OPTIONS
            },
            "reads": reads - events,
            "events": events,
        }


@contextmanager
def in_this_process(aws: EmbeddedAws) -> Iterator[Calls]:
    """Let Sceptre use the embedded AWS in this process without waits, and record its calls."""
    calls = Calls()
    client = botocore.client.BaseClient
    send = client._make_api_call  # type: ignore[attr-defined]

    def recorded(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        calls.add(operation, arguments)
        if operation == "EstimateTemplateCost":  # The embedded AWS has no such action.
            return {"Url": "https://calculator.aws", "ResponseMetadata": {"HTTPStatusCode": 200}}
        return send(self, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        # A run sets the retry mode of the process.
        fixed = {"AWS_RETRY_MODE": "standard", "COLUMNS": "80"}
        for name, value in {**aws.environ, **fixed}.items():
            patch.setenv(name, value)
        for kept in ("_boto_sessions", "_clients", "_stack_keys"):
            patch.setattr(ConnectionManager, kept, {})
        patch.setattr(client, "_make_api_call", recorded)
        patch.setattr("webbrowser.open", lambda *_, **__: True)
        patch.setattr(actions, "time", SimpleNamespace(sleep=lambda _: None))
        patch.setattr(pace, "PACE", pace.Pace(0.01, 0.01, 0))
        # Sceptre looks up the installed plugins for each template.
        patch.setattr(metadata, "entry_points", cache(metadata.entry_points))
        install()
        # The command line sets the levels of the process.
        levels = {one: one.level for one in map(logging.getLogger, ("sceptre", "botocore"))}
        yield calls
        for logger, level in levels.items():
            logger.setLevel(level)


def through_python(project: Path, case: Case) -> Outcome:
    """Run a case on a context; its result is what it returns or raises."""
    context = SceptreContext(
        str(project),
        case.path,
        user_variables=dict(case.variables),
        ignore_dependencies=case.ignore_dependencies,
    )
    with redirect_stdout(io.StringIO()) as printed, redirect_stderr(printed):
        try:
            result = plain(case.run(context))
        except (Exception, SystemExit) as error:
            result = {f"{type(error).__name__}: {plain(error)}": StackStatus.FAILED}
    return {"result": result, "printed": bool(printed.getvalue())}


def by_command_line(project: Path, case: Case) -> Outcome:
    """Run a case's command line; the lines of a run are apart from its other standard output."""
    options = [f"--var={key}={value}" for key, value in case.variables.items()]
    if case.ignore_dependencies:
        options.append("--ignore-dependencies")
    line = ["--no-colour", "--dir", str(project), *options, *(case.line or "").split()]
    done = CliRunner().invoke(cli, line)
    logging.getLogger("sceptre").handlers.clear()
    return {
        "exit code": done.exit_code,
        "data": plain(RUN_LINE.sub("", done.stdout)),
        "run": bool(RUN_LINE.search(done.stdout)),
    }


def failed(outcome: Outcome) -> bool:
    """Whether the command failed: by an exception, a stack's status or the exit code."""
    if "exit code" in outcome:
        return bool(outcome["exit code"])
    result = outcome["result"]
    return isinstance(result, dict) and StackStatus.FAILED in result.values()


def plain(value: Any) -> Any:
    """Return a result without times, IDs and AWS's metadata, for a comparison."""
    if isinstance(value, Mapping):
        return {
            key.name if isinstance(key, Stack) else key: plain(one)
            for key, one in value.items()
            if key != "ResponseMetadata"
        }
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    return CHANGING.sub("<changing>", str(value))
