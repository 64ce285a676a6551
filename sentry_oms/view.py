"""One shared view of AWS: the last description of each stack that this process has seen.

``!stack_output`` reads it and asks only for what was never seen, so a stack is described at most
once however many of its outputs are read. There is no describe-all: accounts hold thousands of
stacks, and the API gives them in pages.

``once`` keeps what was decided from a look at AWS, where two readers must not see different things.

Only a stack that is complete is remembered. While it is being written its outputs may still
change, so every reader asks again until it is done; a dependency is always complete before what
depends on it starts.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple, TypeVar

Decision = TypeVar("Decision")

Description = Mapping[str, Any]
"""A member of ``Stacks`` in the response of DescribeStacks."""


class StackKey(NamedTuple):
    """What tells one stack on AWS from every other."""

    name: str
    region: str
    profile: str | None
    sceptre_role: str | None

    @classmethod
    def of(cls, stack: Any) -> StackKey:
        """The key of a ``sceptre.stack.Stack``."""
        return cls(stack.external_name, stack.region, stack.profile, stack.sceptre_role)


class View:
    """The descriptions seen so far. Safe to use from the threads of Sceptre's executor."""

    def __init__(self) -> None:
        self._seen: dict[StackKey, Description] = {}
        self._decided: dict[Hashable, Any] = {}
        self._deciding = threading.Lock()
        self._asking: defaultdict[StackKey, threading.Lock] = defaultdict(threading.Lock)

    def describe(self, key: StackKey, ask: Callable[[], Description]) -> Description:
        """What was seen of the stack last; ``ask`` describes it if nothing was.

        Threads that want the same stack wait for one call instead of making one each.
        """
        with self._asking[key]:
            seen = self._seen.get(key)
            if seen is None:
                seen = ask()
                self.see(key, seen)
            return seen

    def once(self, key: Hashable, decide: Callable[[], Decision]) -> Decision:
        """What ``decide`` gave the first time that it was asked for with this key."""
        with self._deciding:
            if key not in self._decided:
                self._decided[key] = decide()
            decision: Decision = self._decided[key]
            return decision

    def see(self, key: StackKey, description: Description) -> None:
        """Remember a description, unless the stack is being written."""
        if str(description.get("StackStatus", "")).endswith("_IN_PROGRESS"):
            self.forget(key)
        else:
            self._seen[key] = description

    def forget(self, key: StackKey) -> None:
        """Drop what was seen, because the stack is about to be written."""
        self._seen.pop(key, None)


VIEW = View()
"""The view of this process. The only global state of the project."""
