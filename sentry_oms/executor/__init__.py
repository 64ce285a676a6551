"""Run a command over many stacks: ready queue, fail-fast, terminal output, run report.

``ready_queue`` decides which stack starts when, and emits ``events``; ``table``, ``lines``,
``summary`` and ``report`` are its listeners. ``actions`` works on one stack. ``run`` connects them
for ``sentry_oms.seams.executor``.
"""
