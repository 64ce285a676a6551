"""Let ``sceptre diff`` fit the terminal, and leave out stacks that do not differ on request.

Sceptre 4.7 prints a section for each stack, and bars as long as the longest line of a template
(``sceptre/cli/diff.py``, ``output_diffs``). Projects without ``executor: ready_queue`` are not
affected.

Upstream: no issue asks for it. It can be removed when ``sceptre diff`` has an option for it.
"""

from __future__ import annotations

import inspect
import io
import logging
import os
import shutil
from collections.abc import Iterable
from typing import Any, TextIO

from sceptre.cli import diff

from sentry_oms.seams.executor import is_requested

ONLY_DIFFERENCES = "OMS_ONLY_DIFFERENCES"
"""The environment variable that leaves out stacks without a difference."""

_ARGUMENTS = ["diffs", "writer_class", "output_buffer", "output_format"]
_original = diff.output_diffs


def install() -> None:
    """Replace ``output_diffs``; skip this if Sceptre differs from the supported version."""
    if list(inspect.signature(_original).parameters) != _ARGUMENTS:
        logging.getLogger("sceptre").warning(
            "%s is ignored, because this Sceptre has another sceptre.cli.diff.output_diffs",
            ONLY_DIFFERENCES,
        )
        return
    diff.output_diffs = output_diffs


def output_diffs(
    diffs: Iterable[Any], writer_class: Any, output_buffer: TextIO, output_format: str
) -> int:
    """Write the diffs, and return the number of stacks that differ."""
    if not is_requested():
        number: int = _original(diffs, writer_class, output_buffer, output_format)
        return number
    every = list(diffs)
    shown = every
    if os.environ.get(ONLY_DIFFERENCES):
        shown = [
            one for one in every if writer_class(one, io.StringIO(), output_format).has_difference
        ]
    written = io.StringIO()
    # Sceptre's fails without a stack.
    number = _original(shown, writer_class, written, output_format) if shown else 0
    width = shutil.get_terminal_size().columns
    for line in written.getvalue().splitlines(keepends=True):
        is_bar = set(line.strip()) in ({"*"}, {"~"})
        output_buffer.write(f"{line[:width].rstrip()}\n" if is_bar else line)
    if len(shown) < len(every):
        output_buffer.write(f"No difference: {len(every) - len(shown)} of {len(every)} stacks\n")
    return number
