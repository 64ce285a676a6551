"""The process of the embedded AWS: ``python -m sentry_oms.local.server PORT DIRECTORY NONCE``.

Started by ``oms local up``. SIGTERM ends it cleanly, and only then is its state saved.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config

from sentry_oms.cloudformation.create_only import create_only
from sentry_oms.local.holds import Holds
from sentry_oms.local.ministack import Ministack, configure
from sentry_oms.local.providers import PROVIDERS, READERS, REPAIRS
from sentry_oms.local.providers.cloudformation import complete_descriptions
from sentry_oms.local.timeline import Timeline
from sentry_oms.local.wrapper import Wrapper


def main(port: int, directory: Path, nonce: str, region: str) -> None:
    """Serve on the loopback interface until SIGTERM or SIGINT."""
    configure(port, directory, region)
    ministack = Ministack()
    ministack.add(PROVIDERS, REPAIRS)
    ministack.compare(READERS)
    complete_descriptions(ministack)
    ministack.tell_changes_apart(create_only())
    ministack.keep_what_a_rollback_could_not_delete()
    ministack.age_service_linked_roles()
    timeline = Timeline(time.monotonic)
    holds = Holds(timeline, time.monotonic)
    holds.install(ministack)
    saved = directory / "state" / "our-services.json"
    ministack.load(saved)
    app = Wrapper(
        ministack.asgi,
        nonce,
        holds,
        timeline,
        ministack.set_status,
        ministack.hold_deployments,
    )
    ministack.before_each_creation(app.refuse_creation)
    asyncio.run(_serve(app, port, holds))
    ministack.save(saved)


async def _serve(app: Wrapper, port: int, holds: Holds) -> None:
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.accesslog = None
    config.keep_alive_timeout = 75
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def stopping() -> None:
        await stop.wait()
        # What is saved must not hold stacks that nobody would ever end.
        holds.release()

    await serve(app, config, shutdown_trigger=stopping)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
