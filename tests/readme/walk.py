"""Follow a page from its first step to its last."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.readme.machine import Ran, Shell
from tests.readme.page import Edit, Step


def walk(steps: Iterable[Step], shell: Shell) -> list[Ran]:
    """Take the steps in order, and return the commands as they ended.

    Raises:
        AssertionError: a command ended with another exit code than the page promises, or an edit
            does not match exactly one line. Later steps are not taken.
    """
    ran = []
    for step in steps:
        if isinstance(step, Edit):
            _edit(step, shell)
            continue
        done = shell.run(step.text)
        assert done.code == step.code, (
            f"`{step.text}` ended with {done.code}; the page promises {step.code}:\n{done.said}"
        )
        ran.append(done)
    return ran


def _edit(edit: Edit, shell: Shell) -> None:
    file = shell.clone / edit.path
    key = re.escape(edit.text.partition(":")[0])
    changed, times = re.subn(
        rf"^{key}:.*$", lambda _: edit.text, file.read_text(), flags=re.MULTILINE
    )
    assert times == 1, f"{edit.path}: {times} lines set '{key}'; the page edits one"
    file.write_text(changed)
