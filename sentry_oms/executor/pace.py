"""How often a stack that is being written is looked at.

Seldom enough that sixteen stacks at once stay below what CloudFormation answers, and often enough
that a stack's dependents start soon after it: the wait grows with what has passed, so that it
stays a small share of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Bounds of the wait between two looks, in seconds, and its share of the time elapsed."""

    shortest: float
    longest: float
    share: float

    def wait(self, elapsed: float) -> float:
        """Seconds to wait after a look at ``elapsed`` seconds."""
        return min(self.longest, max(self.shortest, self.share * elapsed))


PACE = Pace(shortest=1.0, longest=3.0, share=0.05)
