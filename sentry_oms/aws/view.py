"""One shared view of AWS: the last description of each stack that this process has seen.

Every DescribeStacks feeds it. ``!stack_output`` and the executor read it and ask only for what was
never seen, so a stack is described at most once however many of its outputs are read. There is no
describe-all: accounts hold thousands of stacks, and the API gives them in pages.

``once`` keeps what was found by a look at AWS, where two readers must not see different things, and
``beside`` what holds as long as a stack is not written.

Only a stack that is at rest is remembered, or one that does not exist. While it is being written
its outputs may still change, so every reader asks again until it is done; a dependency is always
complete before what depends on it starts.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple, TypeVar

from botocore.exceptions import ClientError

Decision = TypeVar("Decision")

Description = Mapping[str, Any]
"""A member of ``Stacks`` in the response of DescribeStacks."""


def outputs_of(description: Description) -> dict[str, str]:
    """A stack's outputs, by key."""
    return {one["OutputKey"]: one["OutputValue"] for one in description.get("Outputs", [])}


def parameters_of(description: Description) -> dict[str, str]:
    """The values that a stack's parameters have, by key."""
    return {
        one["ParameterKey"]: one.get("ParameterValue", "")
        for one in description.get("Parameters", [])
    }


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

    @property
    def connection(self) -> tuple[str, str | None, str | None]:
        """What tells the account and region that its calls reach from every other."""
        return self[1:]


class View:
    """The descriptions seen so far. Safe to use from the threads of Sceptre's executor."""

    def __init__(self) -> None:
        self._seen: dict[StackKey, Description | None] = {}
        self._decided: dict[Hashable, Any] = {}
        self._beside: defaultdict[StackKey, dict[Hashable, Any]] = defaultdict(dict)
        self._left: dict[Hashable, Any] = {}
        self._deciding: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._asking: defaultdict[StackKey, threading.Lock] = defaultdict(threading.Lock)

    def describe(self, key: StackKey, ask: Callable[[], Description | None]) -> Description | None:
        """What was seen of the stack last, or what ``ask`` gives now; None where there is no such.

        Threads that want the same stack wait for one call instead of making one each.
        """
        with self._asking[key]:
            if key in self._seen:
                return self._seen[key]
            described = ask()
            self.see(key, described)
            return described

    def seen(self, key: StackKey) -> Description | None:
        """What was seen of the stack last, without asking; None also where nothing was."""
        return self._seen.get(key)

    def once(self, key: Hashable, decide: Callable[[], Decision]) -> Decision:
        """What ``decide`` gave the first time that it was asked for with this key.

        None is not kept: what is missing now may be made later.
        """
        with self._deciding[key]:
            if key in self._decided:
                kept: Decision = self._decided[key]
                return kept
            decision = decide()
            if decision is not None:
                self._decided[key] = decision
            return decision

    def beside(
        self, key: StackKey, what: Hashable, ask: Callable[[], Decision], *, again: bool = False
    ) -> Decision:
        """What ``ask`` gave since the stack was written last, or gives now with ``again``.

        Only where the stack itself was seen: else nobody would say that it is written.
        """
        if key not in self._seen:
            return ask()
        kept = self._beside[key]
        if again or what not in kept:
            kept[what] = ask()
        found: Decision = kept[what]
        return found

    def leave(self, key: Hashable, what: Any) -> None:
        """Leave something of a hook for the hook that runs after the operation.

        Sceptre makes an object for each hook point, so that neither can keep it itself.
        """
        self._left[key] = what

    def take(self, key: Hashable) -> Any:
        """Return what was left under the key, once; None if nothing was."""
        return self._left.pop(key, None)

    def see(self, key: StackKey, description: Description | None) -> None:
        """Remember a description, or that there is none, unless the stack is being written."""
        if description and str(description.get("StackStatus", "")).endswith("_IN_PROGRESS"):
            self.forget(key)
        else:
            self._seen[key] = description

    def forget(self, key: StackKey) -> None:
        """Drop what was seen, because the stack is being written."""
        self._seen.pop(key, None)
        self._beside.pop(key, None)


VIEW = View()
"""The view of this process. The only global state of the project."""


def described(stack: Any, view: View = VIEW) -> Description | None:
    """A ``sceptre.stack.Stack`` as AWS has it, seen before or asked now; None: there is no such.

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
            # CloudFormation has no code of its own for it.
            if error.response["Error"]["Message"].endswith("does not exist"):
                return None
            raise
        description: Description = response["Stacks"][0]
        return description

    return view.describe(StackKey.of(stack), ask)
