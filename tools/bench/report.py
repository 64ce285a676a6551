"""docs/PERFORMANCE.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version

from tools.bench.rows import Row
from tools.bench.runs import LATENCY_SECONDS, SECONDS_A_MINUTE

HEADINGS = (
    *("", "unit", "ours", "stock", "critical path", "ours / path", "stock / path", "at most"),
    "target",
)

PAGE = """\
# Performance

How long commands take over the stacks of dev with our executor, with stock Sceptre's on the same
project (without the line `executor:` in config.yaml), and the least possible: the critical path,
computed from the project's graph with the durations in `tools/bench/durations.py`.
`make bench WRITE=1` writes this page.

{table}

- {day}, {cores} cores, Python {python}, Sceptre {sceptre}, ministack {ministack}.
- A minute of AWS, and of both executors' waits, takes {minute:g} s; what Python takes is not
  scaled. Minutes run from the first write that AWS accepts to the exit of the command.
- No-op launches and diffs: {latency:.0f} ms a call, nothing scaled.
- Medians of {ours} runs of ours and of {stock} of stock.

## What this shows

- When each stack starts after its dependencies, and how long the command runs after the last stack:
  the embedded AWS keeps each stack in progress for its duration, with both executors alike.
- How many API calls a command makes, and what they cost at a real latency.

## What it does not show

- A run on AWS. The durations are typical ones and the same in every run; AWS throttles, and the
  embedded AWS does not.
- Sceptre without this project's tags: `!stack_output` describes a stack once in both columns, and
  without it stock Sceptre makes more calls.
"""


def page(rows: Sequence[Row], day: date, times: Mapping[bool, int]) -> str:
    """The page; ``times`` says how often each command ran, by whether with our executor."""
    lines = [HEADINGS, ["---"] * 2 + ["---:"] * 6 + ["---"], *(row.cells() for row in rows)]
    return PAGE.format(
        table="\n".join(f"| {' | '.join(line)} |" for line in lines),
        day=day.isoformat(),
        cores=os.cpu_count(),
        python=platform.python_version(),
        sceptre=version("sceptre"),
        ministack=version("ministack"),
        minute=SECONDS_A_MINUTE,
        latency=LATENCY_SECONDS * 1000,
        ours=times[True],
        stock=times[False],
    )
