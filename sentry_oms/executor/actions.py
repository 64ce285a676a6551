"""Sceptre's actions on one stack, reading and feeding the shared view of AWS.

What differs from ``sceptre.plan.actions.StackActions`` (4.7): a stack is described once and not at
every use; the wait after a write ends when the stack is done and not four seconds later; the events
of CloudFormation are asked for only to say why something failed; the actions know whether they
wrote anything; and a write whose answer is lost, and a drift detection, are watched to their end,
through all that passes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import ClientError
from sceptre.plan.actions import StackActions
from sceptre.stack_status import StackStatus

from sentry_oms.aws.events import events
from sentry_oms.aws.paging import members
from sentry_oms.aws.view import StackKey, View, described
from sentry_oms.executor.calls import Calls
from sentry_oms.executor.cause import first_failure, sentence
from sentry_oms.executor.pace import Pace
from sentry_oms.executor.resolving import resolve_ahead
from sentry_oms.executor.retries import Watch, is_transient

CREATING, UPDATING, DELETING, EXECUTING = "creating", "updating", "deleting", "changing"
CHECKING = "checking"
DRIFT_SECONDS = 5 * 60
"""So long Sceptre waits for a drift detection, as its help says."""
_DONE = {CREATING: "created", UPDATING: "updated", DELETING: "deleted", EXECUTING: "updated"}


class Actions(StackActions):
    """The actions on one stack in one run."""

    def __init__(
        self,
        stack: Any,
        view: View,
        pace: Pace,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        writing: Callable[[str], None],
    ) -> None:
        """See the module.

        Args:
            stack: a ``sceptre.stack.Stack``.
            view: what this process has seen of AWS.
            pace: how often a stack that is being written is looked at.
            clock, sleep: in seconds.
            writing: told creating, updating or deleting, when CloudFormation has accepted it.
        """
        super().__init__(stack)
        self.connection_manager: Any = Calls(vars(self)["connection_manager"])
        sceptres = logging.getLogger("sceptre")
        # What Sceptre says at INFO the run says itself, better; --debug shows both.
        is_debugging = sceptres.isEnabledFor(logging.DEBUG)
        self.logger = sceptres if is_debugging else logging.getLogger(__name__)
        self.refused: Exception | None = None
        """What Sceptre swallowed when CloudFormation refused a change set."""
        self.detection: dict[str, Any] = {}
        """What CloudFormation said last of the drift detection."""
        self._cancelled = False
        self._view = view
        self._key = StackKey.of(stack)
        self._pace = pace
        self._clock = clock
        self._sleep = sleep
        self._writing = writing
        self._doing: str | None = None
        self._wrote = False

    @property
    def operation(self) -> str | None:
        """created, updated or deleted, where something was written; else None."""
        return _DONE[self._doing] if self._wrote and self._doing else None

    def why(self) -> str:
        """Why the last operation failed, as one line."""
        if self._cancelled:
            return f"took longer than its stack_timeout ({self.stack.stack_timeout} min): cancelled"
        try:
            failure = first_failure(events(self.connection_manager, self.stack.external_name))
        except Exception as error:
            if not is_transient(error):
                raise
            return f"why is not known, since CloudFormation does not answer: {error}"
        return sentence(failure) if failure else "CloudFormation names no event that failed"

    def create(self) -> Any:
        """Create the stack; where it is there already, how it is, since somebody may be at it."""
        self._doing = CREATING
        status = super().create()
        if self._wrote:
            return status
        self._view.forget(self._key)
        return self._get_simplified_status(self._get_status())

    def update(self) -> Any:
        """Update the stack."""
        self._doing = UPDATING
        return super().update()

    def delete(self) -> Any:
        """Delete the stack."""
        self._doing = DELETING
        return super().delete()

    def cancel_stack_update(self) -> Any:
        """Cancel an update, which Sceptre does where it takes too long."""
        self._cancelled = True
        return super().cancel_stack_update()

    def create_change_set(self, change_set_name: str) -> Any:
        """Create a change set of what an update would send."""
        with suppress(ClientError):
            self.describe()
        self.resolve_ahead()
        return super().create_change_set(change_set_name)

    def execute_change_set(self, change_set_name: str) -> Any:
        """Execute a change set."""
        self._doing = EXECUTING
        return super().execute_change_set(change_set_name)

    def diff(self, stack_differ: Any) -> Any:
        """Compare the stack with what is deployed."""
        return super().diff(_QuickDiffer(stack_differ))

    def describe(self) -> dict[str, Any]:
        """What DescribeStacks says, asked once as long as nothing is written."""
        found = described(self.stack, self._view)
        if found is None:
            message = f"Stack with id {self.stack.external_name} does not exist"
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks"
            )
        return {"Stacks": [found]}

    def resource_drifts(self, statuses: Sequence[str] = ()) -> list[dict[str, Any]]:
        """What the last drift detection found of each resource; all pages of it.

        Args:
            statuses: of the resources that are wanted; none for all.
        """
        wanted = {"StackResourceDriftStatusFilters": list(statuses)} if statuses else {}

        def ask(more: dict[str, str]) -> Any:
            return self.connection_manager.call(
                service="cloudformation",
                command="describe_stack_resource_drifts",
                kwargs={"StackName": self.stack.external_name, **wanted, **more},
            )

        return list(members(ask, "StackResourceDrifts"))

    def _describe_stack_resource_drifts(self) -> dict[str, Any]:
        # Sceptre's takes the first page, of a hundred resources.
        return {"StackResourceDrifts": self.resource_drifts()}

    def _wait_for_drift_status(self, detection_id: str) -> dict[str, Any]:
        """Look at a drift detection until it is done; Sceptre's looks every ten seconds.

        Raises:
            TimeoutError: it takes too long, which Sceptre makes a TIMED_OUT.
        """
        began = self._clock()
        watch = Watch(self.stack.name, CHECKING, self._clock, logging.getLogger("sceptre").warning)
        while True:
            elapsed = self._clock() - began
            if elapsed >= DRIFT_SECONDS:
                raise TimeoutError(f"Timed out after {round(elapsed)} seconds")
            try:
                self.detection = self._describe_stack_drift_detection_status(detection_id)
            except Exception as error:
                if not is_transient(error):
                    raise
                watch.unanswered(error)
            else:
                watch.answered()
                if self.detection["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                    return self.detection
            self._sleep(self._pace.wait(elapsed))

    def _protect_execution(self) -> None:
        super()._protect_execution()
        # Sceptre calls this between the before_ hooks and the first use of the parameters.
        if self._doing in (CREATING, UPDATING):
            self.resolve_ahead()

    def resolve_ahead(self) -> None:
        """Resolve the stack's parameters, outside of Sceptre's lock."""
        resolve_ahead(self.stack, self._view)

    def _wait_for_completion(self, timeout: int = 0, boto_response: Any = None) -> StackStatus:  # noqa: ARG002
        """Look at the stack until it is done; Sceptre's takes the timeout in minutes."""
        self._wrote = True
        self._view.forget(self._key)
        self._writing(self._doing or UPDATING)
        began = self._clock()
        say = logging.getLogger("sceptre").warning
        watch = Watch(self.stack.name, self._doing or UPDATING, self._clock, say)
        while True:
            status = self._status_through(watch)
            elapsed = self._clock() - began
            if status != StackStatus.IN_PROGRESS or (timeout and elapsed >= 60 * timeout):
                return status
            self._sleep(self._pace.wait(elapsed))

    def _status_through(self, watch: Watch) -> StackStatus:
        try:
            status = self._get_simplified_status(self._get_status())
        except Exception as error:
            if not is_transient(error):
                raise
            watch.unanswered(error)
            return StackStatus.IN_PROGRESS
        watch.answered()
        return status

    def _create_change_set(self, *arguments: Any) -> Any:
        with self._noting_refusal():
            return super()._create_change_set(*arguments)

    def _execute_change_set(self, *arguments: Any) -> Any:
        with self._noting_refusal():
            return super()._execute_change_set(*arguments)

    @contextmanager
    def _noting_refusal(self) -> Iterator[None]:
        # Sceptre logs it at INFO, and goes on as if nothing had been.
        try:
            yield
        except Exception as error:
            self.refused = error
            raise


class _QuickDiffer:
    """Sceptre's differ, sooner ready."""

    def __init__(self, differ: Any) -> None:
        self._differ = differ
        load = getattr(differ, "load_template", None)
        if load:
            # Sceptre begins every body with ---, which makes JSON be read as YAML, slowly.
            differ.load_template = lambda body: load(body.removeprefix("---\n"))

    def diff(self, actions: Actions) -> Any:
        # After the hooks.
        actions.resolve_ahead()
        return self._differ.diff(actions)
