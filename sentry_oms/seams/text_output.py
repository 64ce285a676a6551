"""Print readable text for ``list``, ``describe``, ``validate`` and ``update -c``.

Sceptre 4.7 joins the columns of a table without a space, and prints the Python object of anything
else (``sceptre/cli/helpers.py``, ``_generate_text``). ``--output json`` and ``yaml`` are not
affected, and neither are projects without ``executor: ready_queue``.

Upstream: no issue asks for it. It can be removed when Sceptre prints aligned columns.
"""

from __future__ import annotations

import inspect
import io
import json
import logging
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from sceptre.cli import helpers

from sentry_oms.seams.executor import is_requested

Row = Mapping[str, Any]

_original = helpers._generate_text
_NO_LIMIT = 100_000
_SECONDARY = frozenset({"ChangeSetId", "Description", "ExportName", "StackId"})
"""Columns that a terminal too narrow for all of them leaves out."""


def install() -> None:
    """Replace ``_generate_text``; skip this if Sceptre differs from the supported version."""
    if list(inspect.signature(_original).parameters) != ["stream"]:
        logging.getLogger("sceptre").warning(
            "text is printed by Sceptre itself, because this Sceptre has another "
            "sceptre.cli.helpers._generate_text"
        )
        return
    helpers._generate_text = generate_text


def generate_text(stream: Any) -> Any:
    """Return responses of AWS as a table or as YAML; a template's text stays as it is."""
    responses = stream if isinstance(stream, list) else [stream]
    has_data = bool(responses) and all(isinstance(one, dict) for one in responses)
    if not is_requested() or not has_data:
        return _original(stream)
    # An unknown type, such as a time, is printed as text.
    plain = json.loads(json.dumps(responses, default=str))
    found = {key: value for response in plain for key, value in response.items()}
    if any(found.values()) and all(map(_is_flat, found.values())):
        rows = [{"Stack": name, **row} for name, rows in found.items() for row in rows]
        table = _fitting(rows)
        if table:
            return table
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=_NO_LIMIT)
    return text if len(found) > 1 else text.rstrip("\n")


def _is_flat(rows: Any) -> bool:
    """Whether the value is a list of rows without nested values."""
    return isinstance(rows, list) and all(
        isinstance(row, dict) and not any(isinstance(cell, (dict, list)) for cell in row.values())
        for row in rows
    )


def _fitting(rows: Sequence[Row]) -> str | None:
    """Return the rows as a table that fits the terminal, or None if that is too narrow."""
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else _NO_LIMIT
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    lines = _table(rows, headings)
    left_out = [heading for heading in headings if heading in _SECONDARY]
    if left_out and max(map(len, lines)) > limit:
        lines = _table(rows, [heading for heading in headings if heading not in left_out])
        lines.append(f"Also in --output yaml: {', '.join(left_out)}")
    return "\n".join(lines) if max(map(len, lines)) <= limit else None


def _table(rows: Sequence[Row], headings: Sequence[str]) -> list[str]:
    """Return the lines of a table with aligned columns."""
    # Imported here, because every command imports the tags and few need this.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(str(row.get(heading, ""))) for heading in headings))
    drawn = io.StringIO()
    Console(file=drawn, width=_NO_LIMIT, color_system=None).print(table)
    return [line.rstrip() for line in drawn.getvalue().splitlines()]
