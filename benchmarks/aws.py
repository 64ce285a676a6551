"""An embedded AWS of a benchmark's own, and its control."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.project import VARIABLES
from sentry_oms.local.environment import isolated
from sentry_oms.local.instance import Instance
from sentry_oms.local.wrapper import CONTROL_PATH

FIRST_PORT = 34_000


class Aws:
    """A running embedded AWS."""

    def __init__(self, endpoint: str) -> None:
        self.environ = {**isolated(endpoint, os.environ), **VARIABLES}
        self._control = endpoint + CONTROL_PATH

    def control(self, **settings: Any) -> None:
        """Ask for holds or latency, and count calls and time from now."""
        body = json.dumps(settings).encode()
        urllib.request.urlopen(urllib.request.Request(self._control, method="PUT", data=body))

    def happened(self) -> dict[str, Any]:
        """What happened since."""
        with urllib.request.urlopen(self._control) as response:
            return dict(json.load(response))


@contextmanager
def embedded_aws(directory: Path) -> Iterator[Aws]:
    """An empty one, which ends with the block."""
    instance = Instance(directory)
    record, _ = instance.up(FIRST_PORT)
    try:
        yield Aws(record.endpoint)
    finally:
        instance.down()
