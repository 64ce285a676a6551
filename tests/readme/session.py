"""The terminal session in README: its own commands, and what they printed.

Nobody edits it: ``python -m tests.readme`` writes it from a walk through README. Lines are only
left out, by the rules of ``SHOWN``, and never changed but for what differs from run to run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from sentry_oms.markers import NoMarkersError, written_between
from tests.readme.machine import Ran
from tests.readme.page import PageError
from tests.readme.walk import Taken

START, END = "<!-- session -->", "<!-- end of session -->"

Lines = list[str]


def everything(lines: Lines) -> Lines:
    """As it was printed."""
    return lines


def nothing(_: Lines) -> Lines:
    """The command alone."""
    return []


def beginning_from(start: str) -> Callable[[Lines], Lines]:
    """From the first line on that begins so."""

    def rule(lines: Lines) -> Lines:
        first = next((n for n, line in enumerate(lines) if line.startswith(start)), len(lines))
        return lines[first:]

    return rule


def matching(pattern: str) -> Callable[[Lines], Lines]:
    """The lines that begin so; of stacks that go at once, the order is by chance."""
    return lambda lines: [line for line in lines if re.match(pattern, line)]


SHOWN: Mapping[str, Callable[[Lines], Lines]] = {
    "make launch": beginning_from("dev: "),
    ".venv/bin/oms check dev": everything,
    ".venv/bin/oms plan dev": beginning_from("plan dev: "),
    ".venv/bin/sceptre diff dev": matching(r"==> | *root"),
    ".venv/bin/sceptre launch -y dev": matching(r".* updated in |launch: "),
    "git revert --no-edit HEAD": nothing,
    ".venv/bin/sceptre delete -y dev": matching(r"delete: "),
}
"""Which commands are shown, and which lines of what they print."""

VOLATILE: Mapping[str, str] = {
    # Since the beginning of the run, and how long something took.
    r"^ *\[[\d.:]+( s)?\] ": "  [... s] ",
    r"\bin (\d+(\.\d)? s|\d+:\d\d(:\d\d)?)$": "in ... s",
    # The first port that is free.
    r"(?<=127\.0\.0\.1):\d+": ":...",
}
"""What differs from run to run, and what stands in its place."""


def steady(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, stand_in in VOLATILE.items():
        line = re.sub(pattern, stand_in, line)
    return line.rstrip()


def session(taken: Iterable[Taken]) -> str:
    """The text of a walk.

    Raises:
        PageError: a command that is to be shown was not run, or printed no line that is shown.
    """
    paragraphs = [paragraph for step in taken if (paragraph := _paragraph(step))]
    missing = [command for command in SHOWN if not any(p[0] == f"$ {command}" for p in paragraphs)]
    if missing:
        raise PageError(f"the page does not run {', '.join(missing)}, which its session shows")
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs)


def written_into(page: str, text: str) -> str:
    """The page with the session between its markers.

    Raises:
        PageError: it has no markers.
    """
    try:
        return written_between(page, START, END, f"```\n{text}\n```")
    except NoMarkersError as error:
        raise PageError(str(error)) from None


def _paragraph(step: Taken) -> Lines:
    if not isinstance(step, Ran):
        return [f"# {step.path}", step.text]
    rule = SHOWN.get(step.command)
    if rule is None:
        return []
    shown = [steady(line) for line in rule(step.said.splitlines())]
    if not shown and rule is not nothing:
        raise PageError(f"`{step.command}` printed no line that is shown:\n{step.said}")
    return [f"$ {step.command}", *shown]
