"""How often CloudFormation is asked about a running operation.

Rarely enough that sixteen stacks at once stay below CloudFormation's request rate, and often enough
that a stack's dependents start soon after it: the wait is a small share of the time elapsed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Bounds of the wait between two calls, in seconds, and its share of the time elapsed."""

    shortest: float
    longest: float
    share: float

    def wait(self, elapsed: float) -> float:
        """Return the seconds to wait after a call at ``elapsed`` seconds."""
        return min(self.longest, max(self.shortest, self.share * elapsed))


PACE = Pace(shortest=1.0, longest=3.0, share=0.05)
