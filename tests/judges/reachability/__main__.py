"""``python -m tests.judges.reachability`` judges every environment; exit 1 on any finding."""

from __future__ import annotations

import sys

from tests.judges.reachability.judge import SENTENCES, findings, networks


def main() -> int:
    """Print what was judged, and what should not be so."""
    faults = [fault for network in networks() for fault in findings(network)]
    print(f"{len(SENTENCES)} sentences in {len(networks())} environments, {len(faults)} findings")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
