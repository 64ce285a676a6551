"""Read what a Markdown page asks its reader to run and to edit.

A bash block is run unless the line above it is ``<!-- not run: REASON -->``. A YAML block below
``<!-- edit: PATH -->`` replaces the line of that file that sets the same key. A comment such as
``# exit 2`` promises an exit code; the default is 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import NamedTuple

OUTPUT = {"", "mermaid"}
"""Languages of blocks that show something and ask for nothing."""

_BLOCK = re.compile(
    r"(?:^<!-- (not run|edit): (.+) -->\n)?^( *)```(\w*)\n((?:.*\n)*?)\3```$", re.MULTILINE
)


class Block(NamedTuple):
    """A fenced block, with the marker above it: ``not run``, ``edit`` or nothing."""

    language: str
    text: str
    marker: str
    argument: str


class Command(NamedTuple):
    """A shell command, and the exit code that the page promises."""

    text: str
    code: int = 0


class Edit(NamedTuple):
    """A line that replaces the line of a file that sets the same key."""

    path: str
    text: str


Step = Command | Edit


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return [
        Block(one[4], dedent(one[5]), one[1] or "", one[2] or "") for one in _BLOCK.finditer(page)
    ]


def prose(page: str) -> str:
    """Return the page without its fenced blocks."""
    return _BLOCK.sub("", page)


def headings(page: str) -> list[str]:
    """Return the text of each heading."""
    return re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def links(text: str) -> list[str]:
    """Return the target of each link."""
    return re.findall(r"\]\(([^)\s]+)\)", text)


def steps(page: str) -> list[Step]:
    """Return the commands and edits of a page, in order.

    Raises:
        ValueError: a block is neither runnable nor marked.
    """
    return [step for block in blocks(page) for step in _steps_of(block)]


def _steps_of(block: Block) -> list[Step]:
    if block.marker == "not run" or (block.language in OUTPUT and not block.marker):
        return []
    if block.language == "bash" and not block.marker:
        return list(_commands(block.text))
    if block.language == "yaml" and block.marker == "edit":
        return [Edit(block.argument, block.text.strip())]
    raise ValueError(
        f"a block of '{block.language}' can't be followed; mark it <!-- not run: why --> or "
        f"<!-- edit: path -->:\n{block.text}"
    )


def _commands(text: str) -> Iterator[Command]:
    for line in text.replace("\\\n", "").splitlines():
        command, _, comment = f"{line} ".partition(" # ")
        if command.strip() and not line.startswith("#"):
            promised = re.match(r"exit (\d+)\b", comment.strip())
            yield Command(" ".join(command.split()), int(promised[1]) if promised else 0)
