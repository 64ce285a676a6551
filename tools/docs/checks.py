"""Render docs/CHECKS.md from the registry of rules."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

from sentry_oms.checks import RULES
from sentry_oms.checks.rule import Rule
from sentry_oms.cloudformation.accepted import read
from sentry_oms.offline.source import Source
from sentry_oms.offline.suppression import NEVER_SUPPRESSED, Suppression, in_comments
from tools.lint import ROOT

INTRODUCTION = """\
# Rules of `oms check`

<!-- Generated from the registry of rules by `make generated`. -->

`oms check dev` reports each mistake in the config of an environment by file, line, field and code.
It needs no credentials and does not call AWS. It reads config with Sceptre itself, and does not
stop at the first file that can't be read.

```bash
.venv/bin/oms check dev                    # exit 1 if there is a finding
.venv/bin/oms check dev --format github    # shown at its line of the change
.venv/bin/oms check dev --format json
```

A launch, a create and an update run the same rules on their stacks before the first write. Rules
marked *environment* need the whole environment and run in `oms check` only. Rules marked *house*
are this project's: AWS and Sceptre don't enforce them, and another project with this plugin gets
them only with `house_rules: true` in config/config.yaml. Values that only AWS
knows, such as the ID of a subnet, are not checked, nor are the parameters of an ignored stack.

Rules run in phases. A stack with a finding skips the later phases, so that each mistake is reported
once, where it was made.

`oms check` checks config: files, settings, tags, parameters, names, and references between stacks.
[cfn-lint](#what-cfn-lint-finds) checks the properties of resources.

## Suppress a finding

A rule can be suppressed beside its cause, with a reason of at least four words. In a stack file, a
config.yaml or a YAML template, the comment is on the reported line or right above it:

```yaml
# oms: accept OMS012: Nothing in this stack can hang.
# oms: accept OMS042, OMS043 in dev, staging: The template allows this value next week.
```

In a JSON template, it is in the Metadata of the resource, as for the linters of `make lint`:

```json
"Metadata": {"Sentry::Accepted": {"OMS052": "The account has a raised limit for names."}}
```

A template's own Metadata accepts for many resources, or for other parts, such as outputs:

```json
"Metadata": {
  "Sentry::Accepted": {
    "OMS035": {"resources": ["Outputs.*Url"], "in": ["dev"], "reason": "A script reads these URLs."}
  }
}
```

`oms check` lists accepted findings with their reasons and does not fail for them. A suppression
without a reason is a finding ([OMS017](#oms017)), and so is one that accepts nothing
([OMS018](#oms018)). Rules whose finding means that config can't be read can't be suppressed:
NEVER.

Suppressions in this project:

SUPPRESSED

## Rules

Codes are stable. The code of a removed rule is not used again: OMS050 and OMS060 to OMS076 are
retired. To add a rule, write a function in one of the modules of `sentry_oms/checks/` with the
decorator `@rule`, add a broken project to `tests/broken/`, and run `make generated`.
"""

CFN_LINT = """\
## What cfn-lint finds

[cfn-lint](https://github.com/aws-cloudformation/cfn-lint) checks whether AWS accepts a template.
`.cfnlintrc` adds this project's rules in `tools/cfn_lint_rules/`, so that an editor with cfn-lint
shows them too:

```bash
.venv/bin/cfn-lint templates/networking/alb-frontend.json
```

- E9001 to E9017 are JSON schemas in `schemas/`, one for each service: limits, mutually exclusive
  properties, and names that another list must contain.
- E9101 to E9109 compare resources of one template: subnets with their VPC, a NAT gateway with its
  subnet, a queue with its dead-letter queue, a service with its container, actions of a pipeline
  with their artifacts, metric math with its metrics, Redis with its token.

`make lint` also compares the resources of an environment: `tools/lint/references.py` reports a
property, or an alarm's dimension, that names a resource that no stack creates.

By hand, cfn-lint reads a template as written. `make lint` also runs it on each template evaluated
for each environment, with parameters, mappings and imports, to find invalid values from config. To
add a rule, extend a file of `schemas/` and add an edit that AWS rejects to
`tests/broken/refused.py`; its test checks that the rule finds the edit and nothing else.
"""


def render() -> str:
    """Return the page: a table of the rules, a section for each, and what cfn-lint finds."""
    introduction = INTRODUCTION.replace("NEVER", ", ".join(sorted(NEVER_SUPPRESSED)))
    introduction = introduction.replace("SUPPRESSED", suppressed(ROOT))
    return "\n".join([introduction, _index(), *map(_section, RULES), CFN_LINT])


def suppressed(root: Path) -> str:
    """Return a list of the suppressions in config and templates as they are written."""
    found: list[tuple[str, str, str]] = []
    for path in sorted(one for name in ("config", "templates") for one in (root / name).rglob("*")):
        file = path.relative_to(root).as_posix()
        if path.suffix == ".json":
            accepted = read(json.loads(path.read_text()))
            found += [(file, " ".join(one.rules), one.reason) for one in accepted]
        elif path.is_file():
            read_ones = in_comments(Source.read(root, file))
            known = [one for one in read_ones if isinstance(one, Suppression)]
            found += [(file, one.code, one.reason) for one in known]
    lines = [f"- `{file}`: {rules}: {reason}" for file, rules, reason in found if "OMS" in rules]
    return "\n".join(dict.fromkeys(lines)) or "- none"


def _index() -> str:
    rows = (f"| [{rule.code}](#{rule.code.lower()}) | {rule.title} |" for rule in RULES)
    return "\n".join(["| code | rule |", "|---|---|", *rows, ""])


def _section(rule: Rule) -> str:
    scope = " *environment*" if rule.phase.needs_environment else ""
    house = " *house*" if rule.house else ""
    cause = _paragraph(f"**{rule.title}.**{scope}{house} {rule.cause}")
    return f"## {rule.code}\n\n{cause}\n{_paragraph(f'Remedy: {rule.remedy}.')}"


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + "\n"


if __name__ == "__main__":
    print(render(), end="")
