"""A file of the project, and the lines of its fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A file before Jinja.

    Args:
        file: its path relative to the project, with forward slashes.
        text: its content; empty if it does not exist.
    """

    file: str
    text: str

    @classmethod
    def read(cls, root: Path, file: str) -> Source:
        """Return the file, or an empty one if it does not exist."""
        path = root / file
        return cls(file, path.read_text(errors="replace") if path.is_file() else "")

    def line(self, field: str) -> int:
        """Return the line of a field such as ``parameters.Cpu``.

        The line is searched in the source, because Jinja moves lines. Return the line of the
        deepest part that is found, or 1.
        """
        lines = ["" if one.lstrip().startswith("#") else one for one in self.text.splitlines()]
        block = range(len(lines))
        found = 0
        for part in filter(None, field.split(".")):
            at = _item(lines, block, int(part)) if part.isdigit() else _key(lines, block, part)
            if at is None:
                continue
            found = at + 1
            block = range(at, _end(lines, at))
        return found or 1

    def line_of(self, text: str) -> int:
        """Return the first line with ``text``, or 1."""
        before, found, _ = self.text.partition(text)
        return before.count("\n") + 1 if found else 1


def _key(lines: list[str], block: range, key: str) -> int | None:
    """Return the outermost line with the key, also in ``{stack: x, queues: y}``."""
    wanted = re.compile(rf"(?<![\w.:/-])[\"']?{re.escape(key)}[\"']?\s*(:(?!:)|,|]|$)")
    found = [at for at in block if wanted.search(lines[at])]
    return min(found, key=lambda at: (_indent(lines[at]), at), default=None)


def _item(lines: list[str], block: range, position: int) -> int | None:
    """Return the line of an item in a block list."""
    items = [at for at in block[1:] if lines[at].lstrip().startswith("- ")]
    if not items:
        return None
    outer = [at for at in items if _indent(lines[at]) == _indent(lines[items[0]])]
    return outer[position] if position < len(outer) else None


def _end(lines: list[str], first: int) -> int:
    """Return the line after the block that begins at ``first``."""
    indent = _indent(lines[first])
    for at in range(first + 1, len(lines)):
        text = lines[at].lstrip()
        is_same = _indent(lines[at]) == indent and not text.startswith(("- ", "}", "]"))
        if text and (_indent(lines[at]) < indent or is_same):
            return at
    return len(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
