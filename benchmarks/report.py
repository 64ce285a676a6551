"""The table on the screen, and docs/PERFORMANCE.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

from rich.console import Console
from rich.table import Table

from benchmarks.overhead import LATENCY_SECONDS
from benchmarks.rows import Row

HEADINGS = ("", "unit", "ours", "stock", "critical path", "ours / path", "stock / path", "at most")


@dataclass(frozen=True)
class Conditions:
    """What one must know of a run to read its numbers."""

    command: str
    day: date
    seconds_a_minute: float
    version_seconds: float
    runs: dict[bool, int]
    """How often each was run, by whether it is ours."""

    def sentences(self) -> list[str]:
        """For a person."""
        ours = f"ours: median of {self.runs[True]}" if True in self.runs else "ours: not there yet"
        stock = "one run" if self.runs[False] == 1 else f"median of {self.runs[False]}"
        return [
            f"`{self.command}`, {self.day.isoformat()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}, Sceptre {version('sceptre')}, "
            f"ministack {version('ministack')}.",
            f"A minute of AWS, and of every tool's waits, takes {self.seconds_a_minute:g} s "
            f"(a factor of 1/{60 / self.seconds_a_minute:g}); what Python takes is not scaled. "
            "Minutes run from the first write that AWS accepts to the exit of the command.",
            f"Launches that change nothing and diffs: {LATENCY_SECONDS * 1000:.0f} ms a call, "
            f"nothing scaled; `sceptre --version` alone takes {self.version_seconds:.2f} s.",
            f"{ours[0].upper()}{ours[1:]}; stock Sceptre: {stock}; 160 stacks: one run of each.",
        ]


def show(console: Console, rows: Sequence[Row], conditions: Conditions) -> None:
    """Print the table."""
    table = Table(title="Ours, stock Sceptre's, and the least that is possible")
    for heading in (*HEADINGS, "target"):
        table.add_column(heading, justify="left" if heading in {"", "unit"} else "right")
    for row in rows:
        table.add_row(*cells(row), verdict(row))
    console.print(table)
    for sentence in conditions.sentences():
        console.print(sentence, highlight=False, soft_wrap=True)


def page(rows: Sequence[Row], conditions: Conditions) -> str:
    """docs/PERFORMANCE.md."""
    lines = [f"| {' | '.join((*cells(row), verdict(row)))} |" for row in rows]
    headings = " | ".join((*HEADINGS, "target"))
    return "\n".join(
        [
            "# Performance",
            "",
            "How long commands take over the stacks of dev by our executor, by stock Sceptre's on",
            "the same project (without the line `executor:` in config.yaml), and the least that is",
            "possible: the critical path, computed from the project's own graph with the durations",
            "in `benchmarks/durations.py`. Written by `make bench WRITE=1`; never by hand.",
            "",
            f"| {headings} |",
            f"|{'---|---|' + '---:|' * 6 + '---|'}",
            *lines,
            "",
            *(f"- {sentence}" for sentence in conditions.sentences()),
            "",
            "## What this proves",
            "",
            "- When each stack starts after those that it waits for, and how long the command goes",
            "  on after the last: the embedded AWS holds every stack in progress for as long as it",
            "  would take, for both executors alike.",
            "- How many API calls a command makes, and what they cost at a real latency.",
            "",
            "## What it does not",
            "",
            "- It is no run on AWS. The durations are what such stacks usually take there, and are",
            "  the same in every run; AWS throttles, and the embedded AWS does not.",
            "- Both run with this project's tags, of which `!stack_output` describes a stack once.",
            "  Sceptre without them makes more calls than the column says.",
            "- The ten environments are ten times dev, in one account and region.",
            "",
        ]
    )


def cells(row: Row) -> tuple[str, ...]:
    """A row as text, without its verdict."""
    return (
        row.what,
        row.unit,
        _number(row.ours, row.unit),
        _number(row.stock, row.unit),
        _number(row.path, row.unit),
        _ratio(row.ours, row.path),
        _ratio(row.stock, row.path),
        _number(row.most, row.unit),
    )


def verdict(row: Row) -> str:
    """Whether the target is met."""
    return {True: "pass", False: "FAIL", None: "-"}[row.passed]


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if unit in {"calls", "MiB"} else f"{value:.2f}"


def _ratio(value: float | None, path: float | None) -> str:
    return "-" if value is None or path is None else f"{value / path:.3f}"
