"""Templates that are bad on purpose, to show that each linter can fail.

The Metadata of a template in ``bad/`` lists what each linter must find and in which environments.
In the others it must not find it: this also tests the folding of conditions and mappings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sentry_oms.cloudformation.evaluate import UNKNOWN, Evaluator
from sentry_oms.cloudformation.folding import fold
from sentry_oms.cloudformation.templates import Template
from sentry_oms.names import ENVIRONMENTS
from tools.lint import ROOT
from tools.lint.linters import Templates
from tools.lint.report import Finding

BAD: dict[str, Template] = {
    path.stem: json.loads(path.read_text()) for path in (ROOT / "tools/lint/bad").glob("*.json")
}


class Fault(NamedTuple):
    """A fault that a linter must find in a bad template, in these environments only."""

    linter: str
    stack: str
    resource: str
    rule: str
    environments: set[str]


FAULTS = [
    Fault(linter, stack, one["resource"], one["rule"], {*one["in"]})
    for stack, template in BAD.items()
    for linter, found in template["Metadata"]["Sentry::Faults"].items()
    for one in found
]


def templates() -> Templates:
    """Return each bad template as each environment would get it."""
    return {
        (environment, stack): _folded(template, environment)
        for stack, template in BAD.items()
        for environment in ENVIRONMENTS
    }


def undetected(linter: str, findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line for each fault that a linter did not find exactly where it is."""
    places = [finding.place for finding in findings]
    for fault in (one for one in FAULTS if one.linter == linter):
        wanted = (fault.stack, fault.resource, fault.rule)
        where = {place.environment for place in places if place[1:] == wanted}
        if where != fault.environments:
            yield (
                f"{linter} finds {fault.rule} on {fault.resource} of bad/{fault.stack}.json in "
                f"{', '.join(sorted(where)) or 'no environment'}; expected in "
                f"{', '.join(sorted(fault.environments))}"
            )


def _folded(template: Template, environment: str) -> Template:
    def named(name: str) -> Any:
        return environment if name == "Environment" else UNKNOWN

    return fold(template, Evaluator(template, named))
