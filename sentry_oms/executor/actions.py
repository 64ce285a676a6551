"""Sceptre's actions on one stack, over a shared view of AWS.

Differences from ``sceptre.plan.actions.StackActions`` (4.7):

- A stack is described once, not at every use.
- The wait after a write ends when the stack is done, not up to four seconds later.
- CloudFormation's events are read only to find the cause of a failure.
- The actions record whether they wrote anything.
- A write whose response is lost, and a drift detection, are watched to the end through transient
  errors.
"""

from __future__ import annotations

import inspect
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError
from sceptre.hooks import add_stack_hooks
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
from sentry_oms.executor.saved_plan import PlanToKeep

DRIFT_SECONDS = 5 * 60
"""Timeout of a drift detection, the same as Sceptre's."""
_OPERATIONS = {
    "creating": "created",
    "updating": "updated",
    "deleting": "deleted",
    "changing": "updated",
}


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
        """See the class; ``writing`` is called with creating, updating, ... on each write."""
        super().__init__(stack)
        self.connection_manager: Any = Calls(vars(self)["connection_manager"])
        sceptres = logging.getLogger("sceptre")
        # The run reports what Sceptre logs at INFO; --debug shows both.
        is_debugging = sceptres.isEnabledFor(logging.DEBUG)
        self.logger = sceptres if is_debugging else logging.getLogger(__name__)
        self.refused: Exception | None = None
        """CloudFormation's refusal of a change set, which Sceptre swallows."""
        self.plan: PlanToKeep | None = None
        """The saved plan to launch, if any."""
        self.detection: dict[str, Any] = {}
        """The last status of the drift detection."""
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
        """created, updated or deleted; None if nothing was written."""
        return _OPERATIONS[self._doing] if self._wrote and self._doing else None

    def why(self) -> str:
        """Why the last operation failed, as one line."""
        if self._cancelled:
            return f"took longer than its stack_timeout ({self.stack.stack_timeout} min): cancelled"
        try:
            failure = first_failure(events(self.connection_manager, self.stack.external_name))
        except Exception as error:
            if not is_transient(error):
                raise
            return f"the cause is unknown, because CloudFormation does not answer: {error}"
        return sentence(failure) if failure else "CloudFormation reports no event that failed"

    def create(self) -> Any:
        """Create the stack; if it exists already, return its status."""
        self._doing = "creating"
        status = super().create()
        if self._wrote:
            return status
        # Another operation may be running on it.
        self._view.forget(self._key)
        return self._current_status()

    def update(self) -> Any:
        """Update the stack."""
        self._doing = "updating"
        return super().update()

    def delete(self) -> Any:
        """Delete the stack."""
        self._doing = "deleting"
        return super().delete()

    def cancel_stack_update(self) -> Any:
        """Cancel an update that exceeds its timeout."""
        self._cancelled = True
        return super().cancel_stack_update()

    @add_stack_hooks  # type: ignore[untyped-decorator]
    def create_change_set(self, change_set_name: str) -> Any:
        """Create a change set with what an update would send."""
        # Sceptre's without its hooks, because the parameters are resolved after them.
        create: Any = inspect.unwrap(StackActions.create_change_set)
        with suppress(ClientError):
            self.describe()
        resolve_ahead(self.stack, self._view)
        return create(self, change_set_name)

    def execute_change_set(self, change_set_name: str) -> Any:
        """Execute a change set."""
        self._doing = "changing"
        return super().execute_change_set(change_set_name)

    def diff(self, stack_differ: Any) -> Any:
        """Compare the stack with the deployed one."""
        load = getattr(stack_differ, "load_template", None)
        if load:
            # Sceptre starts every body with ---, so that JSON is parsed as YAML, which is slow.
            stack_differ.load_template = lambda body: load(body.removeprefix("---\n"))

        def compare(actions: Actions) -> Any:
            # Here, because Sceptre runs the hooks before.
            resolve_ahead(self.stack, self._view)
            return stack_differ.diff(actions)

        return super().diff(SimpleNamespace(diff=compare))

    def describe(self) -> dict[str, Any]:
        """Return the response of DescribeStacks, from the view unless the stack is written."""
        found = described(self.stack, self._view)
        if found is None:
            message = f"Stack with id {self.stack.external_name} does not exist"
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks"
            )
        return {"Stacks": [found]}

    def resource_drifts(self, statuses: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Return all pages of the last drift detection's resources, in some statuses or in all."""
        filters = {"StackResourceDriftStatusFilters": list(statuses)} if statuses else {}

        def ask(more: dict[str, str]) -> Any:
            return self.connection_manager.call(
                service="cloudformation",
                command="describe_stack_resource_drifts",
                kwargs={"StackName": self.stack.external_name, **filters, **more},
            )

        return list(members(ask, "StackResourceDrifts"))

    def _describe_stack_resource_drifts(self) -> dict[str, Any]:
        # Sceptre reads only the first page, of a hundred resources.
        return {"StackResourceDrifts": self.resource_drifts()}

    def _wait_for_drift_status(self, detection_id: str) -> dict[str, Any]:

        def is_done() -> bool:
            self.detection = self._describe_stack_drift_detection_status(detection_id)
            return bool(self.detection["DetectionStatus"] != "DETECTION_IN_PROGRESS")

        if not self._poll(is_done, "checking", DRIFT_SECONDS):
            raise TimeoutError(f"Timed out after {DRIFT_SECONDS} seconds")
        return self.detection

    def _protect_execution(self) -> None:
        super()._protect_execution()
        # Sceptre calls this between the before_ hooks and the first use of the parameters.
        if self._doing == "updating":
            # A hook may have emptied the view.
            described(self.stack, self._view)
        if self._doing in ("creating", "updating"):
            resolve_ahead(self.stack, self._view)
            if self.plan:
                writes_first = self._doing == "updating" and not self._wrote
                self.plan.check_turn(self.stack, self._view, writes_first=writes_first)

    def _wait_for_completion(self, timeout: int = 0, boto_response: Any = None) -> StackStatus:  # noqa: ARG002
        """Wait for the operation on the stack, for ``timeout`` minutes or without limit."""
        doing = self._doing or "updating"
        self._wrote = True
        self._view.forget(self._key)
        self._writing(doing)
        status = StackStatus.IN_PROGRESS

        def is_done() -> bool:
            nonlocal status
            status = self._current_status()
            return bool(status != StackStatus.IN_PROGRESS)

        self._poll(is_done, doing, 60 * timeout or math.inf)
        return status

    def _current_status(self) -> StackStatus:
        return self._get_simplified_status(self._get_status())

    def _poll(self, is_done: Callable[[], bool], doing: str, timeout: float) -> bool:
        """Ask until it is done, through transient errors; False after ``timeout`` seconds."""
        say = logging.getLogger("sceptre").warning
        watch = Watch(self.stack.name, doing, self._clock, say)
        began = self._clock()
        while True:
            try:
                if is_done():
                    return True
                watch.answered()
            except Exception as error:
                if not is_transient(error):
                    raise
                watch.unanswered(error)
            elapsed = self._clock() - began
            if elapsed >= timeout:
                return False
            self._sleep(self._pace.wait(elapsed))

    def _create_change_set(self, *arguments: Any) -> Any:
        with self._recording_refusal():
            return super()._create_change_set(*arguments)

    def _execute_change_set(self, *arguments: Any) -> Any:
        with self._recording_refusal():
            return super()._execute_change_set(*arguments)

    @contextmanager
    def _recording_refusal(self) -> Iterator[None]:
        # Sceptre logs it at INFO and continues.
        try:
            yield
        except Exception as error:
            self.refused = error
            raise
