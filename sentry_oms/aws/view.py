"""The shared view of AWS: the last description of each stack in a command.

Every DescribeStacks feeds it. ``!stack_output`` and the executor read it, so a stack is described
at most once, for any number of outputs. It never describes all stacks, because an account can have
thousands.

``VIEW`` lives as long as one command: between two commands anything may change. It keeps
descriptions only if the command drops those of the stacks that it writes, as the ready queue does.
Sceptre's own executor does not, so each reader calls AWS then.

``once`` keeps an answer of AWS that all readers must share. ``beside`` keeps an answer until the
stack is written.

The view keeps a stack only if no operation on it is in progress, or if it does not exist. During an
operation its outputs may change, so every reader calls AWS again. A dependency is always complete
before its dependents start.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from botocore.exceptions import ClientError

Decision = TypeVar("Decision")

Description = Mapping[str, Any]
"""A member of ``Stacks`` in the response of DescribeStacks."""


def outputs_of(description: Description) -> dict[str, str]:
    """Return a stack's outputs, by key."""
    return {one["OutputKey"]: one["OutputValue"] for one in description.get("Outputs", [])}


def parameters_of(description: Description) -> dict[str, str]:
    """Return the deployed values of a stack's parameters, by key."""
    return {
        one["ParameterKey"]: one.get("ParameterValue", "")
        for one in description.get("Parameters", [])
    }


class StackKey(NamedTuple):
    """The identity of a stack on AWS."""

    name: str
    region: str
    profile: str | None
    sceptre_role: str | None

    @classmethod
    def of(cls, stack: Any) -> StackKey:
        """Return the key of a ``sceptre.stack.Stack``."""
        return cls(stack.external_name, stack.region, stack.profile, stack.sceptre_role)

    @property
    def connection(self) -> tuple[str, str | None, str | None]:
        """The identity of the account and region that its calls reach."""
        return self[1:]


class View:
    """The descriptions of stacks. Thread-safe."""

    def __init__(self, *, is_kept: bool = True) -> None:
        """See the module; without ``is_kept`` the view keeps nothing outside of a command."""
        self._is_kept = is_kept
        self._commands: list[bool] = []
        """Whether each running command drops the descriptions of the stacks that it writes."""
        self._left: dict[Hashable, Any] = {}
        self._clear()
        self._deciding: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._asking: defaultdict[StackKey, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def command(self, *, drops: bool = True) -> Iterator[None]:
        """Begin and end a command with an empty view.

        Args:
            drops: whether the command drops the description of each stack that it writes.
        """
        if not self._commands:
            self._left.clear()
        self._clear()
        self._commands.append(drops)
        try:
            yield
        finally:
            self._commands.remove(drops)
            self._clear()

    def _clear(self) -> None:
        self.forget_all()
        self._decided: dict[Hashable, Any] = {}

    def describe(self, key: StackKey, ask: Callable[[], Description | None]) -> Description | None:
        """Return the stack's last description, or call ``ask``; None if it does not exist.

        Threads that read the same stack share one call.
        """
        with self._asking[key]:
            seen = self._seen
            if key in seen:
                return seen[key]
            described = ask()
            if seen is self._seen:
                self.see(key, described)
            return described

    def seen(self, key: StackKey) -> Description | None:
        """Return the stack's last description without a call, or None."""
        return self._seen.get(key)

    def once(self, key: Hashable, decide: Callable[[], Decision]) -> Decision:
        """Return the result of the first ``decide`` with this key.

        None is not kept, because a missing resource may be created later.
        """
        with self._deciding[key]:
            decided = self._decided
            if key in decided:
                kept: Decision = decided[key]
                return kept
            decision = decide()
            if decision is not None and (self._commands or self._is_kept):
                decided[key] = decision
            return decision

    def beside(
        self, key: StackKey, what: Hashable, ask: Callable[[], Decision], *, again: bool = False
    ) -> Decision:
        """Return the result of ``ask`` since the stack was last written; ``again`` calls it now.

        Nothing is kept for a stack without a description, because no write would drop it.
        """
        if key not in self._seen:
            return ask()
        kept = self._beside[key]
        if again or what not in kept:
            kept[what] = ask()
        found: Decision = kept[what]
        return found

    def leave(self, key: Hashable, what: Any) -> None:
        """Keep a hook's state for the hook that runs after the operation.

        Sceptre creates an object for each hook point, so a hook can't keep it itself.
        """
        self._left[key] = what

    def take(self, key: Hashable) -> Any:
        """Return and remove the state under the key, or None."""
        return self._left.pop(key, None)

    def see(self, key: StackKey, description: Description | None) -> None:
        """Keep a description, or the absence of the stack, unless an operation is in progress."""
        is_busy = description and str(description.get("StackStatus", "")).endswith("_IN_PROGRESS")
        is_kept = all(self._commands) if self._commands else self._is_kept
        if is_busy or not is_kept:
            self.forget(key)
        else:
            self._seen[key] = description

    def forget(self, key: StackKey) -> None:
        """Drop the description, because an operation on the stack begins."""
        self._seen.pop(key, None)
        self._beside.pop(key, None)

    def forget_all(self) -> None:
        """Drop every description, because any stack may have changed."""
        # New containers, because other threads may be reading the old ones.
        self._seen: dict[StackKey, Description | None] = {}
        self._beside: defaultdict[StackKey, dict[Hashable, Any]] = defaultdict(dict)


VIEW = View(is_kept=False)
"""The view of this process. The only global state of the project."""


def described(stack: Any, view: View = VIEW) -> Description | None:
    """Return the description of a ``sceptre.stack.Stack``, or None if it does not exist.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    """

    def ask() -> Description | None:
        try:
            response = stack.connection_manager.call(
                service="cloudformation",
                command="describe_stacks",
                kwargs={"StackName": stack.external_name},
            )
        except ClientError as error:
            # CloudFormation has no error code for a missing stack.
            if error.response["Error"]["Message"].endswith("does not exist"):
                return None
            raise
        description: Description = response["Stacks"][0]
        return description

    return view.describe(StackKey.of(stack), ask)
