"""Hooks into ministack for tests; each is installed once, when the server starts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sentry_oms.local.ministack import Ministack
from sentry_oms.local.provider import Properties


def pause_before_the_end(pause: Callable[[], Awaitable[None]]) -> None:
    """Await ``pause`` in the task of every stack operation, before its outcome is published.

    ministack calls ``asyncio.sleep(0)`` there: the resources exist, and the status, outputs,
    exports and last event are still missing.
    """
    from ministack.services.cloudformation import stacks

    stacks.asyncio = _Pausing(pause)


def before_each_creation(check: Callable[[str, str], None]) -> None:
    """Call ``check`` before a resource is created; its creation fails if ``check`` raises.

    Args:
        check: takes the stack's name and the resource's logical ID.
    """
    from ministack.services.cloudformation import stacks

    provision = stacks._provision_resource

    def checked(kind: str, logical_id: str, properties: Properties, stack_name: str) -> Any:
        check(stack_name, logical_id)
        return provision(kind, logical_id, properties, stack_name)

    stacks._provision_resource = checked


def set_status(ministack: Ministack, stack: str, status: str) -> None:
    """Set the status of a stack, if it exists."""
    record = ministack.stack_record(stack)
    if record:
        record["StackStatus"] = status


class Deployments:
    """Keeps deployments of ECS services in progress, which ministack completes at once.

    Create one instance per process, since it replaces a function of ministack.
    """

    def __init__(self) -> None:
        from ministack.services import ecs

        self._services = ecs._services
        self._complete = ecs._complete_service_deployment
        self._held: frozenset[str] = frozenset()
        ecs._complete_service_deployment = self._unless_held

    def hold(self, services: frozenset[str]) -> None:
        """Keep new deployments of these services in progress, and complete all others."""
        self._held = services
        for key, service in list(self._services.items()):
            self._unless_held(service["clusterArn"].rpartition("/")[2], key)

    def _unless_held(
        self, cluster: str, key: str, expected_deployment_id: str | None = None
    ) -> None:
        if key.rpartition("/")[2] not in self._held:
            self._complete(cluster, key, expected_deployment_id)


class _Pausing:
    """``asyncio`` for one module of ministack, with another ``sleep``."""

    def __init__(self, pause: Callable[[], Awaitable[None]]) -> None:
        self._pause = pause

    async def sleep(self, _: float) -> None:
        await self._pause()

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)
