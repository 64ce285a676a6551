"""Every rule, in the order of its code, and docs/CHECKS.md as it is rendered from them.

The codes go in groups: OMS00x config as a whole, OMS01x a stack's settings, OMS02x tags and hooks,
OMS03x templates and what passes between them, OMS04x parameters, OMS05x limits of AWS. A code
stays with its rule, and that of a rule which is gone is not used again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sentry_oms.checks.rule import Rule, Scope
from sentry_oms.checks.rules import (
    config_readable,
    dependencies_acyclic,
    dependency_exists,
    environment_named,
    hook_point_known,
    hooks_listed,
    import_resolves,
    import_upstream,
    output_exists,
    output_read,
    parameter_allowed,
    parameter_given,
    parameter_known,
    parameter_length,
    parameter_number,
    parameter_pattern,
    parameter_size,
    policy_size,
    public_output_exists,
    resource_name,
    setting_known,
    stack_in_every_environment,
    stack_name_unique,
    stack_name_valid,
    stack_timeout_set,
    tag_argument,
    tag_computable,
    tag_known,
    task_definition_size,
    template_counts,
    template_exists,
    template_renders,
    template_size,
    template_wellformed,
    variable_set,
)

RULES: tuple[Rule, ...] = (
    config_readable.RULE,
    tag_known.RULE,
    dependency_exists.RULE,
    dependencies_acyclic.RULE,
    setting_known.RULE,
    variable_set.RULE,
    stack_in_every_environment.RULE,
    environment_named.RULE,
    stack_name_valid.RULE,
    stack_name_unique.RULE,
    stack_timeout_set.RULE,
    hook_point_known.RULE,
    hooks_listed.RULE,
    tag_argument.RULE,
    output_exists.RULE,
    tag_computable.RULE,
    template_exists.RULE,
    template_wellformed.RULE,
    template_renders.RULE,
    import_resolves.RULE,
    import_upstream.RULE,
    output_read.RULE,
    public_output_exists.RULE,
    parameter_known.RULE,
    parameter_given.RULE,
    parameter_allowed.RULE,
    parameter_pattern.RULE,
    parameter_length.RULE,
    parameter_number.RULE,
    parameter_size.RULE,
    template_counts.RULE,
    template_size.RULE,
    resource_name.RULE,
    policy_size.RULE,
    task_definition_size.RULE,
)

COMPARISON = Path("docs/checks-comparison.json")
"""What ``make checks-compare`` measured: each broken project, and what finds it."""

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


def render(comparison: dict[str, Any]) -> str:
    """docs/CHECKS.md: a section for each rule, and what stock Sceptre finds of the same."""
    examples = {one["code"]: one["finding"] for one in reversed(comparison["projects"])}
    sections = [_section(rule, examples[rule.code]) for rule in RULES]
    return "\n".join([INTRODUCTION, _index(), *sections, *_compared(comparison)])


def _index() -> str:
    rows = (f"| [{rule.code}](#{rule.code.lower()}) | {rule.title} |" for rule in RULES)
    return "\n".join(["| code | what must hold |", "|---|---|", *rows, ""])


def _section(rule: Rule, example: str) -> str:
    scope = " *environment*" if rule.scope is Scope.ENVIRONMENT else ""
    return (
        f"## {rule.code}\n\n**{rule.title}.**{scope} {rule.cause}\n\n```\n{example}\n```\n\n"
        f"Remedy: {rule.remedy}.\n"
    )


def _compared(comparison: dict[str, Any]) -> Iterator[str]:
    projects = comparison["projects"]
    total = len(projects)
    found = {by: sum(one[by] == "named" for one in projects) for by in ("validate", "diff")}
    failed = {by: sum(one[by] == "failed" for one in projects) for by in ("validate", "diff")}
    yield "## What stock Sceptre finds of the same\n"
    yield (
        f"`tests/broken/projects.py` holds {total} projects with one mistake each. On the embedded "
        f"AWS, where a healthy dev\nwas launched, `sceptre validate` and `sceptre diff` "
        f"{comparison['sceptre']} were given each, on {comparison['date']}, by `make "
        "checks-compare`.\n"
    )
    yield (
        "A mistake counts as **named** where the command ends with an exit code other than 0 and "
        "says something of the\nfile or the thing at fault; as **failed** where it only ends so; "
        "as **passed** where it ends with 0. A diff that\nshows a wrong value among its "
        "differences has passed: it shows what was meant in the same way.\n"
    )
    yield "| | named | failed | passed |\n|---|---|---|---|"
    yield f"| `oms check` | {total} | 0 | 0 |"
    for by in ("validate", "diff"):
        passed = total - found[by] - failed[by]
        yield f"| `sceptre {by}` | {found[by]} | {failed[by]} | {passed} |"
    yield (
        "\nThe embedded AWS accepts templates that CloudFormation refuses, so on AWS `validate` "
        "finds more of those of\nOMS050 and OMS051. And both need credentials, and a diff that "
        "the dependencies were launched before.\n"
    )
    yield "| mistake | code | validate | diff |\n|---|---|---|---|"
    for one in projects:
        yield f"| {one['name']} | {one['code']} | {one['validate']} | {one['diff']} |"
    yield ""


if __name__ == "__main__":
    print(render(json.loads(COMPARISON.read_text())), end="")
