"""The embedded AWS with the control of tests: ``python -m tests.rig.server``.

Its arguments are those of ``sentry_oms.local.server``.
"""

from __future__ import annotations

import sys

from sentry_oms.local.ministack import Ministack
from sentry_oms.local.server import Extended, main
from tests.rig.control import Controlled

MODULE = "tests.rig.server"


def controlled(ministack: Ministack) -> Extended:
    """Put the control around an embedded AWS."""
    app = Controlled(ministack)
    return Extended(app, app.stop)


if __name__ == "__main__":
    main(sys.argv[1:], controlled)
