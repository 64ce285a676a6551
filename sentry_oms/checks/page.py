"""docs/CHECKS.md, rendered from the rules and from what the broken projects showed."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sentry_oms.checks.catalogue import RULES
from sentry_oms.checks.rule import Rule, Scope

COMPARISON = Path("docs/checks-comparison.json")
"""What ``make checks-compare`` measured: each broken project, and what finds it."""

VERDICTS = ("named", "failed", "passed", "not tried")

INTRODUCTION = """\
# What `oms check` looks for

<!-- Rendered from the rules and from checks-comparison.json: `make generated` writes it. -->

`oms check dev` names each mistake in the config of an environment by file, line, field and code, in
a second and before anything is touched. It asks nothing of AWS and needs no credentials. It reads
config with Sceptre itself, so that what is checked is what a launch does, and it does not stop at
the first file that can't be read.

```bash
.venv/bin/oms check dev                    # exit 1 where there is a mistake
.venv/bin/oms check dev --format github    # shown at its line of the change
.venv/bin/oms check dev --format json
```

A launch, a create and an update run the same rules on their stacks before the first write; those
marked *environment* need the whole and run in `oms check` alone. What only AWS knows, such as the
ID of a subnet, passes. An ignored stack's parameters pass too: it may lack its values.

Codes are stable. To add a rule: a file in `sentry_oms/checks/rules/` with its entry in
`sentry_oms/checks/catalogue.py`, a broken project in `tests/broken/projects.py`, then
`make checks-compare` and `make generated`.
"""


REFUSALS = """\
## What AWS refuses, and who finds it before

The rules from OMS060 on look at each resource as its environment gets it: conditions decided,
parameters, mappings and imports filled in, and something of the right shape in the place of what
only AWS knows. So a wrong value is found whether it stands in a template, a mapping or config. A
resource that an environment leaves out is looked at too, and so is a template that no stack uses.
The schemas are those of CloudFormation's registry as cfn-lint corrects them, with what botocore's
models say besides. `make generated` takes them over, so that a check needs neither; what they say
is the same in us-east-1 and in sa-east-1, apart from ElastiCache's node types.

`tests/broken/refused.py` holds 822 edits of the templates and of config that AWS refuses, each
with the page that says so. `python -m tests.broken.refused` tries them all in six minutes and says
by whom each is found. On 2026-11-24, of 820:

| found by | edits | percent |
|---|---|---|
| cfn-lint, on the template as it is | 387 | 47 % |
| `oms check` of dev and prod | 764 | 93 % |
| one of the two | 818 | 99.8 % |

Neither finds a pattern of a parameter that is no pattern, nor a creation policy's count that is no
number. Who wrote the rules wrote the list, so its share is no forecast of what another list would
give. Its last 240 edits are a better one: they were written when the rules for the first 580 stood,
and those, with cfn-lint, found 182 of the 241 that were tried then, 76 percent. The rules that the
rest asked for came after.
"""


def render(comparison: dict[str, Any]) -> str:
    """The page: a section for each rule, and what stock Sceptre finds of the same."""
    examples = {one["code"]: one["finding"] for one in reversed(comparison["projects"])}
    sections = [_section(rule, examples[rule.code]) for rule in RULES]
    return "\n".join([INTRODUCTION, _index(), *sections, REFUSALS, *_compared(comparison)])


def _index() -> str:
    rows = (f"| [{rule.code}](#{rule.code.lower()}) | {rule.title} |" for rule in RULES)
    return "\n".join(["| code | what must hold |", "|---|---|", *rows, ""])


def _section(rule: Rule, example: str) -> str:
    scope = " *environment*" if rule.scope is Scope.ENVIRONMENT else ""
    cause = _paragraph(f"**{rule.title}.**{scope} {rule.cause}")
    remedy = _paragraph(f"Remedy: {rule.remedy}.")
    return f"## {rule.code}\n\n{cause}\n```\n{example}\n```\n\n{remedy}"


def _compared(comparison: dict[str, Any]) -> Iterator[str]:
    projects = comparison["projects"]
    yield "## What stock Sceptre finds of the same\n"
    yield _paragraph(
        f"`tests/broken/projects.py` holds {len(projects)} projects with one mistake each. Sceptre "
        f"{comparison['sceptre']}, with this project's tags, was given each of them by `make "
        f"checks-compare` on {comparison['date']}: `sceptre validate` and `sceptre diff`, on the "
        "embedded AWS, where the healthy dev had been launched."
    )
    yield _paragraph(
        "A mistake counts as **named** where the command ends with an exit code other than 0 and "
        "what it says leads to the file or to the thing at fault; as **failed** where it only ends "
        "so; as **passed** where it ends with 0. A diff that shows a wrong value among its "
        "differences has passed, since it shows what was meant in the same way."
    )
    yield f"| | {' | '.join(VERDICTS)} |\n|---|---|---|---|---|"
    yield f"| `oms check` | {len(projects)} | 0 | 0 | 0 |"
    for by in ("validate", "diff"):
        counts = (sum(one[by] == verdict for one in projects) for verdict in VERDICTS)
        yield f"| `sceptre {by}` | {' | '.join(map(str, counts))} |"
    yield ""
    yield _paragraph(
        "Sceptre ends at the first mistake, so two need two runs. Both commands need credentials, "
        "and a diff needs dependencies that were launched before. Some of these mistakes nobody "
        "expects of either command, such as an output that nobody reads. Not tried: the embedded "
        "AWS reads no template from a bucket, and what came after that day was not there yet."
    )
    yield "| mistake | code | validate | diff |\n|---|---|---|---|"
    for one in projects:
        yield f"| {one['name']} | {one['code']} | {one['validate']} | {one['diff']} |"
    yield ""


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + "\n"


if __name__ == "__main__":
    print(render(json.loads(COMPARISON.read_text())), end="")
