"""What a person sees of a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Row(NamedTuple):
    """One judge's.

    Args:
        judge: its name.
        rules: how many rules it ran.
        templates: how many templates it was given.
        findings: what nobody accepts.
        skips: what is accepted, beside the resource and with its reason.
        control: whether it fails where it must.
    """

    judge: str
    rules: int
    templates: int
    findings: int
    skips: int
    control: str


TITLES = ("judge", "rules run", "templates", "findings", "skips", "a bad template")
NUMBERS = slice(1, 5)


def show(console: Console, rows: Iterable[Row]) -> None:
    """Print a line for each judge."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for title in TITLES:
        table.add_column(title, justify="right" if title in TITLES[NUMBERS] else "left")
    for row in rows:
        style = "red" if row.findings else ""
        table.add_row(*(Text(str(cell), style=style) for cell in row))
    console.print(table)
