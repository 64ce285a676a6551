"""Fixes of Sceptre itself, a file each.

Each module names the upstream issue and when it can be removed; contract tests check it against the
pinned Sceptre. ``stack_output`` and ``stack_path`` are always on, because they fix what only failed
before. config.yaml turns on the executor, and with it the others.
"""

from sentry_oms.seams import (
    confirmation,
    executor,
    hooks_effects,
    short_diff,
    stack_output,
    stack_path,
    text_output,
)


def install() -> None:
    """Install every fix. Idempotent, because Sceptre may import the tags more than once."""
    stack_output.install()
    stack_path.install()
    hooks_effects.install()
    executor.install()
    confirmation.install()
    text_output.install()
    short_diff.install()
