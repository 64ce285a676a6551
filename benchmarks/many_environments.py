"""Sceptre where an environment may have any name: ``python -m benchmarks.many_environments ...``.

There are dev, staging and prod, and ten are wanted.
"""

from __future__ import annotations

import sys

from sceptre.cli import cli

from sentry_oms.names import Messaging


def widen() -> None:
    """Take any name in the one model that takes an environment's."""
    Messaging.model_fields["environment"].annotation = str
    Messaging.model_rebuild(force=True)


if __name__ == "__main__":
    widen()
    sys.argv = ["sceptre", *sys.argv[1:]]
    cli()
