"""The places where Sceptre itself is mended, a file each.

Each module names the upstream issue and when it can go, and is held by a contract test against
the pinned Sceptre. What the first two mend only ever failed before, so they are always on; the
executor is on where config.yaml says so.
"""

from sentry_oms.seams import executor, stack_output, stack_path


def install() -> None:
    """Put every seam in. Idempotent: Sceptre may import the tags more than once."""
    stack_output.install()
    stack_path.install()
    executor.install()
