"""What a page in Markdown asks its reader to do.

A bash block is run unless the line above it says ``<!-- not run: REASON -->``. The line above a
YAML block is ``<!-- edit: PATH -->``: its line takes the place of the one in that file that sets
the same key. A comment in a command, ``# exit 2``, promises an exit code; without one it is 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

OUTPUT = {"", "mermaid"}
"""Languages of blocks that a person reads and does nothing with."""

_FENCE = re.compile(r"^( *)```(.*)$")
_MARKER = re.compile(r"^<!-- (not run|edit): ?(.*?) ?-->$")


class PageError(Exception):
    """The page asks for what nobody can follow; the message names the line."""


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Args:
        language: what stands after its fence.
        text: its lines.
        line: the fence's, counted from 1.
        above: the line above the fence.
    """

    language: str
    text: str
    line: int
    above: str


@dataclass(frozen=True)
class Command:
    """A line for the shell, without its comment, and the exit code that the page promises."""

    text: str
    code: int = 0


@dataclass(frozen=True)
class Edit:
    """A line that takes the place of the one in a file that sets the same key."""

    path: str
    text: str

    def applied(self, content: str) -> str:
        """The file's content after it.

        Raises:
            PageError: not exactly one line of the file sets the key.
        """
        key = self.text.partition(":")[0]
        changed, times = re.subn(
            rf"^{re.escape(key)}:.*$", lambda _: self.text, content, flags=re.MULTILINE
        )
        if times != 1:
            raise PageError(f"{self.path}: {times} lines set '{key}', and the page edits one")
        return changed


Step = Command | Edit


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order.

    Raises:
        PageError: a block has no end.
    """
    found = []
    lines = iter(enumerate(page.splitlines(), start=1))
    above = ""
    for number, line in lines:
        if fence := _FENCE.match(line):
            text = "".join(f"{inner}\n" for inner in _inside(lines, fence[1], number))
            found.append(Block(fence[2].strip(), text, number, above))
        above = line
    return found


def steps(page: str) -> list[Step]:
    """What the page asks for, in order.

    Raises:
        PageError: a block is neither run nor marked, or marked without a reason.
    """
    return [step for block in blocks(page) for step in _steps_of(block)]


def _inside(lines: Iterator[tuple[int, str]], indent: str, opened: int) -> Iterator[str]:
    for _, line in lines:
        if line == f"{indent}```":
            return
        yield line.removeprefix(indent)
    raise PageError(f"line {opened}: the block has no end")


def _steps_of(block: Block) -> list[Step]:
    marker = _MARKER.match(block.above)
    word, rest = marker.groups() if marker else ("", "")
    if word and not rest:
        raise PageError(f"line {block.line}: '{word}' says nothing: write what or why after it")
    if word == "not run" or (block.language in OUTPUT and not word):
        return []
    if block.language == "bash" and not word:
        return list(_commands(block.text))
    if block.language == "yaml" and word == "edit":
        return [Edit(rest, block.text.strip())]
    under = f" under '{word}'" if word else ""
    raise PageError(
        f"line {block.line}: nobody follows a block of '{block.language}'{under}: "
        "mark it <!-- not run: why --> or <!-- edit: path -->"
    )


def _commands(text: str) -> Iterator[Command]:
    for line in text.replace("\\\n", "").splitlines():
        command, _, comment = f"{line} ".partition(" # ")
        if command.strip() and not line.startswith("#"):
            promised = re.match(r"exit (\d+)\b", comment.strip())
            yield Command(" ".join(command.split()), int(promised[1]) if promised else 0)
