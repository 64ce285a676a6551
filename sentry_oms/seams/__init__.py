"""Fixes of Sceptre itself, a file each.

Each module names the upstream issue and when it can be removed; contract tests check it against the
pinned Sceptre. The first two are always on, because they fix what only failed before. config.yaml
turns on the executor and its question.
"""

from sentry_oms.seams import confirmation, executor, stack_output, stack_path


def install() -> None:
    """Install every fix. Idempotent, because Sceptre may import the tags more than once."""
    stack_output.install()
    stack_path.install()
    executor.install()
    confirmation.install()
