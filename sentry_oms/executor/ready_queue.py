"""The ready queue: a stack starts as soon as its own dependencies are done.

It knows nothing of Sceptre or AWS, only names, their dependencies, and a function that does the
work for one of them in a thread of its own.

A failure stops the dependents of the stack and nothing else. After the first interrupt nothing new
starts and running stacks are watched to the end; the second interrupt stops watching.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping

from sentry_oms.executor.events import (
    Changed,
    Ended,
    Event,
    Interrupted,
    Listener,
    Run,
    StackRun,
    Started,
    Tick,
)
from sentry_oms.executor.order import heights
from sentry_oms.executor.states import Outcome, State

TICK_SECONDS = 1.0

Work = Callable[[str, Callable[[str], None]], Outcome]
"""Runs the command on the stack of a name; never raises. Its second argument is called with
creating, updating or deleting when CloudFormation accepts a write."""


class ReadyQueue:
    """Runs the work over all stacks, once."""

    def __init__(
        self,
        command: str,
        waits_for: Mapping[str, frozenset[str]],
        work: Work,
        listeners: Iterable[Listener],
        clock: Callable[[], float],
        limit: int | None = None,
    ) -> None:
        """See the module.

        Args:
            command: for the listeners.
            waits_for: every stack with its dependencies, in the order of the plan.
            work: the work on each.
            listeners: receive every event.
            clock: monotonic seconds.
            limit: the number of stacks that run at once; None for no limit.
        """
        self._work = work
        self._listeners = tuple(listeners)
        self._clock = clock
        self._limit = limit or len(waits_for)
        # With fewer slots than stacks, the stack with the longest chain of dependents goes first.
        height = heights(dict(waits_for))
        self._turn = sorted(waits_for, key=lambda name: (-height[name], name))
        self.run = Run.of(command, waits_for, clock())
        self._messages: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def execute(self) -> Run:
        """Run every stack that can run; the returned run has the outcome of each."""
        self._emit(Started(self._clock()))
        self._start_what_is_ready()
        while self.run.those(State.RUNNING):
            try:
                self._messages.get(timeout=TICK_SECONDS)()
            except queue.Empty:
                self._emit(Tick(self._clock()))
            self._start_what_is_ready()
        self.run.ended = self._clock()
        self._emit(Ended(self.run.ended))
        return self.run

    def interrupt(self) -> None:
        """Handle Ctrl-C or SIGTERM. Safe in a signal handler."""
        self._messages.put(self._interrupted)

    def _start_what_is_ready(self) -> None:
        if self.run.interrupts:
            return
        places = self._limit - len(self.run.those(State.RUNNING))
        for name in self._turn:
            stack = self.run.stacks[name]
            if stack.state is State.WAITING and not self.run.unfinished(stack):
                self._change(stack, State.READY)
            if stack.state is State.READY and places > 0:
                places -= 1
                self._start(stack)

    def _start(self, stack: StackRun) -> None:
        stack.started = self._clock()
        self._change(stack, State.RUNNING)

        def writing(doing: str) -> None:
            self._messages.put(lambda: self._writes(stack, doing))

        def target() -> None:
            outcome = self._work(stack.name, writing)
            self._messages.put(lambda: self._finished(stack, outcome))

        # A daemon, so that a second Ctrl-C ends the process while AWS is still being asked.
        threading.Thread(target=target, name=stack.name, daemon=True).start()

    def _writes(self, stack: StackRun, doing: str) -> None:
        stack.doing = doing
        self._emit(Changed(self._clock(), stack))

    def _finished(self, stack: StackRun, outcome: Outcome) -> None:
        if stack.state is not State.RUNNING:
            return
        stack.ended = self._clock()
        stack.outcome = outcome
        self._change(stack, outcome.state)
        if not outcome.state.is_done:
            self._skip_dependents(stack)

    def _skip_dependents(self, failed: StackRun) -> None:
        reached = {failed.name}
        # In the order of the plan, a stack comes after its dependencies.
        for stack in self.run:
            if stack.state in (State.WAITING, State.READY) and stack.waits_for & reached:
                reached.add(stack.name)
                stack.blocked_by = failed.name
                self._change(stack, State.SKIPPED)

    def _interrupted(self) -> None:
        self.run.interrupts += 1
        self._emit(Interrupted(self._clock(), self.run.interrupts))
        given_up = [State.WAITING, State.READY]
        if self.run.interrupts > 1:
            given_up.append(State.RUNNING)
        for stack in self.run.those(*given_up):
            self._change(stack, State.INTERRUPTED)

    def _change(self, stack: StackRun, state: State) -> None:
        stack.state = state
        self._emit(Changed(self._clock(), stack))

    def _emit(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event, self.run)
