"""docs/CHECKS.md, rendered from the registry of rules."""

from __future__ import annotations

import textwrap

from sentry_oms.checks import RULES
from sentry_oms.checks.rule import Rule, Scope

INTRODUCTION = """\
# Rules of `oms check`

<!-- Rendered from the registry of rules: `make generated` writes it. -->

`oms check dev` reports each mistake in the config of an environment by file, line, field and code.
It needs no credentials and asks nothing of AWS. It reads config with Sceptre itself, so it checks
what a launch does, and it does not stop at the first file that can't be read.

```bash
.venv/bin/oms check dev                    # exit 1 if there is a finding
.venv/bin/oms check dev --format github    # shown at its line of the change
.venv/bin/oms check dev --format json
```

A launch, a create and an update run the same rules on their stacks before the first write. Rules
marked *environment* need the whole environment and run in `oms check` only. Values that only AWS
knows, such as the ID of a subnet, pass. So do the parameters of an ignored stack.

Rules run in phases, and a stack with a finding is left out of the later phases: each mistake is
reported once, where it was made.

`oms check` is about config: files, settings, tags, parameters, names, and what stacks give each
other. What is valid in a resource is cfn-lint's to know: `make lint` runs it.

Codes are stable. The code of a removed rule is not used again: OMS050 and OMS060 to OMS076 are
retired. To add a rule, write a function in one of the modules of `sentry_oms/checks/` with the
decorator `@rule`, add a broken project to `tests/broken/projects.py`, and run `make generated`.
"""


def render() -> str:
    """Return the page: a table of the rules, and a section for each."""
    return "\n".join([INTRODUCTION, _index(), *map(_section, RULES)])


def _index() -> str:
    rows = (f"| [{rule.code}](#{rule.code.lower()}) | {rule.title} |" for rule in RULES)
    return "\n".join(["| code | rule |", "|---|---|", *rows, ""])


def _section(rule: Rule) -> str:
    scope = " *environment*" if rule.scope is Scope.ENVIRONMENT else ""
    cause = _paragraph(f"**{rule.title}.**{scope} {rule.cause}")
    return f"## {rule.code}\n\n{cause}\n{_paragraph(f'Remedy: {rule.remedy}.')}"


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + "\n"


if __name__ == "__main__":
    print(render(), end="")
