"""docs/CHECKS.md, rendered from the rules; each shows what it says of a broken project."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from sentry_oms.checks.catalogue import RETIRED, RULES
from sentry_oms.checks.rule import Rule, Scope

INTRODUCTION = """\
# What `oms check` looks for

<!-- Rendered from the rules: `make generated` writes it. -->

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
`make generated`.
"""

CFN_LINT = """\
## What cfn-lint finds

`oms check` is about config. Whether AWS accepts a template is
[cfn-lint](https://github.com/aws-cloudformation/cfn-lint)'s to say. `.cfnlintrc` adds this
project's rules in `tools/cfn_lint_rules/`, so that an editor with cfn-lint shows them too:

```bash
.venv/bin/cfn-lint templates/networking/alb-frontend.json
```

- E9001 to E9016 are JSON schemas in `schemas/`, one for each service: limits, properties that
  exclude each other, and names that another list must contain.
- E9101 to E9108 compare resources of one template: subnets with their VPC, a NAT gateway with its
  subnet, a queue with its dead-letter queue, a service with its container, actions of a pipeline
  with their artifacts, metric math with its metrics, Redis with its token.

By hand, cfn-lint reads a template as it is written. `make lint` also gives it each template as each
environment gets it, with parameters, mappings and imports filled in: a wrong value is found there
wherever it comes from. To add a rule, extend a file of `schemas/` and add an edit that AWS refuses
to `tests/broken/refused.py`; its test checks that the rule finds the edit and nothing else.
"""


def render(examples: Mapping[str, str]) -> str:
    """Return the page: a section for each rule.

    Args:
        examples: a finding of each rule, by its code.
    """
    sections = [_section(rule, examples[rule.code]) for rule in RULES]
    return "\n".join([INTRODUCTION, _index(), *sections, _retired(), CFN_LINT])


def _index() -> str:
    rows = (f"| [{rule.code}](#{rule.code.lower()}) | {rule.title} |" for rule in RULES)
    return "\n".join(["| code | what must hold |", "|---|---|", *rows, ""])


def _section(rule: Rule, example: str) -> str:
    scope = " *environment*" if rule.scope is Scope.ENVIRONMENT else ""
    cause = _paragraph(f"**{rule.title}.**{scope} {rule.cause}")
    remedy = _paragraph(f"Remedy: {rule.remedy}.")
    return f"## {rule.code}\n\n{cause}\n```\n{example}\n```\n\n{remedy}"


def _retired() -> str:
    return "## Retired codes\n\n" + _paragraph(
        f"{RETIRED[0]} and {RETIRED[1]} to {RETIRED[-1]} are retired and never used again: cfn-lint"
        " finds what they found."
    )


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + "\n"
