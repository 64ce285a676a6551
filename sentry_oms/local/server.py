"""The process of the embedded AWS: ``python -m`` with PORT DIRECTORY NONCE REGION.

``oms local up`` starts it. SIGTERM ends it cleanly; its state is saved only then.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from hypercorn.asyncio import serve
from hypercorn.config import Config

from sentry_oms.cloudformation.create_only import create_only
from sentry_oms.local import behaviour
from sentry_oms.local.asgi import Identified
from sentry_oms.local.ministack import Ministack, configure
from sentry_oms.local.providers import PROVIDERS, READERS, REPAIRS
from sentry_oms.local.providers.cloudformation import complete_descriptions


class Extended(NamedTuple):
    """An ASGI application around the embedded AWS."""

    app: Any
    stopping: Callable[[], None] = lambda: None
    """Called on SIGTERM, before the state is saved."""


def main(
    arguments: list[str],
    extend: Callable[[Ministack], Extended] = lambda ministack: Extended(ministack.asgi),
) -> None:
    """Serve on the loopback interface until SIGTERM or SIGINT.

    Args:
        arguments: port, directory, nonce and region.
        extend: wraps the embedded AWS in another application.
    """
    port, directory, nonce, region = int(arguments[0]), Path(arguments[1]), *arguments[2:]
    configure(port, directory, region)
    ministack = Ministack()
    ministack.add(PROVIDERS, REPAIRS)
    ministack.compare(READERS)
    complete_descriptions(ministack)
    behaviour.tell_changes_apart(create_only())
    behaviour.keep_resources_of_a_failed_rollback()
    behaviour.age_service_linked_roles()
    behaviour.keep_milliseconds_of_ecs()
    behaviour.read_urls_of_buckets()
    behaviour.refuse_unknown_parameters()
    behaviour.require_capabilities()
    behaviour.refuse_properties_of_wait_condition_handles()
    behaviour.remove_executed_change_sets()
    saved = directory / "state" / "our-services.json"
    ministack.load(saved)
    app, stopping = extend(ministack)
    asyncio.run(_serve(Identified(app, nonce), port, stopping))
    ministack.save(saved)


async def _serve(app: Any, port: int, stopping: Callable[[], None]) -> None:
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.accesslog = None
    config.keep_alive_timeout = 75
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def stopped() -> None:
        await stop.wait()
        stopping()

    await serve(app, config, shutdown_trigger=stopped)


if __name__ == "__main__":
    main(sys.argv[1:])
