"""How a command runs over many stacks: ready queue, fail-fast, what a person sees, run report.

``ready_queue`` decides what runs when, and emits ``events``; ``table``, ``lines``, ``summary`` and
``report`` listen. ``actions`` does the work on one stack, and ``run`` puts the parts together for
``sentry_oms.seams.executor``.
"""
