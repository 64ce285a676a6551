"""A file of the project, and the line that a field stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A file as it was written, before Jinja.

    Args:
        file: its path relative to the project, with forward slashes.
        text: what is in it; empty where it does not exist.
    """

    file: str
    text: str

    @classmethod
    def read(cls, root: Path, file: str) -> Source:
        """The file, or an empty one where there is none."""
        path = root / file
        return cls(file, path.read_text(errors="replace") if path.is_file() else "")

    def line(self, field: str) -> int:
        """The line of ``parameters.Cpu``: that of ``Cpu`` after that of ``parameters``.

        Jinja moves lines, so they are looked for in the source and not taken from what was parsed.
        The deepest key that is found counts; 1 where none is.
        """
        lines = self.text.splitlines()
        found = 0
        for key in filter(None, field.split(".")):
            wanted = re.compile(rf"(?<![\w.:/-])[\"']?{re.escape(key)}[\"']?\s*(:(?!:)|,|]|$)")
            # The next key may stand on the line of the one before: {stack: x, queues: y}.
            start = max(found - 1, 0)
            found = next(
                (at + 1 for at in range(start, len(lines)) if wanted.search(lines[at])), found
            )
        return found or 1

    def line_of(self, text: str) -> int:
        """The line on which ``text`` first stands; 1 where it does not."""
        before, found, _ = self.text.partition(text)
        return before.count("\n") + 1 if found else 1
