"""Make ``!stack_output`` respect the target's ``stack_name``, and read the shared view.

Sceptre 4.7 computes ``<project_code>-<path>`` for the target and ignores its ``stack_name``
(``sceptre/resolvers/stack_output.py``, ``StackOutput.resolve``), and calls DescribeStacks for every
use. The seed's names (``sentry-vpc-dev``) need ``stack_name``.

Upstream: https://github.com/Sceptre/sceptre/issues/280, 380, 943; the StopIteration under
``--ignore-dependencies`` is 778. It can be removed when 943 is closed in a release and our
constraint admits that release.
"""

from __future__ import annotations

from sceptre.exceptions import DependencyStackMissingOutputError
from sceptre.resolvers.stack_output import StackOutput

from sentry_oms.arguments import dependency
from sentry_oms.aws.stack_outputs import outputs


def install() -> None:
    """Replace ``StackOutput.resolve``."""
    StackOutput.resolve = resolve


def resolve(self: StackOutput) -> str:
    """Return the output's value.

    Raises:
        StackDoesNotExistError: the target does not exist on AWS yet.
        DependencyStackMissingOutputError: it has no such output; lists those that it has.
    """
    target = dependency(self, self.dependency_stack_name)
    label = f"{self.stack.name}: !stack_output {self.argument}"
    found = outputs(target, label)
    if self.output_key not in found:
        has = ", ".join(sorted(found)) or "none"
        raise DependencyStackMissingOutputError(
            f"{label}: {target.external_name} has no output '{self.output_key}'; it has: {has}"
        )
    return found[self.output_key]
