"""Simulates the table's rows with @cloud-copilot/iam-simulate, all in one process of Node.

The package is AGPL: it runs as a tool from ``.tools/node`` and is not part of the product.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sentry_oms.cloudformation.placeholders import ACCOUNT
from tools.lint import ROOT
from tools.lint.deployed import REGION
from tools.lint.iam.policies import EVERYTHING, Policy, Role
from tools.lint.iam.resources import OTHER_ACCOUNT, Target, targets
from tools.lint.iam.table import STRANGER, Row
from tools.lint.report import LinterError

NODE = ROOT / ".tools/node"
SCRIPT = Path(__file__).with_name("simulate.mjs")
PACKAGE = "@cloud-copilot/iam-simulate"


class Case(NamedTuple):
    """A row in one environment, on one resource, with the policies of a role."""

    row: Row
    environment: str
    target: Target
    role: Role


def cases(rows: Iterable[Row], environment: str, role: Role) -> Iterator[Case]:
    """Yield the rows that apply in an environment, for each of their resources."""
    for row in rows:
        if environment in row.environments:
            for target in targets(row.on, environment):
                yield Case(row, environment, target, role)


class Result(NamedTuple):
    """The verdict on a case."""

    case: Case
    verdict: str

    @property
    def is_allowed(self) -> bool:
        """Whether AWS would perform the call; an invalid request is not allowed."""
        return self.verdict == "Allowed"

    @property
    def deviates(self) -> bool:
        """Whether the row expects another verdict, or the request is invalid."""
        return self.verdict.startswith("error") or self.is_allowed != self.case.row.allowed

    def __str__(self) -> str:
        case = self.case
        return f"{case.environment}: {case.row} ({case.target.arn}): {self.verdict}"


def simulated(given: Sequence[Case]) -> list[Result]:
    """Return the result of each case, in their order."""
    version()
    documents: dict[int, Policy] = {}
    requests = [_request(case, documents) for case in given]
    done = subprocess.run(
        [NODE / "bin/node", SCRIPT, NODE],
        input=json.dumps({"documents": documents, "requests": requests}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Result(*pair) for pair in zip(given, json.loads(done.stdout), strict=True)]


def version() -> str:
    """Return the simulator's version.

    Raises:
        LinterError: it is not installed.
    """
    package = NODE / "node_modules" / PACKAGE / "package.json"
    if not package.is_file():
        raise LinterError(f"{PACKAGE} is not installed; run make .tools/node/.npm")
    return str(json.loads(package.read_text())["version"])


def _request(case: Case, documents: dict[int, Policy]) -> dict[str, Any]:
    row, role = case.row, case.role
    request = {
        "principal": _principal(role),
        "action": row.call,
        "resource": case.target.arn,
        "account": case.target.account,
        "context": _context(case),
        "forged": row.forged,
    }
    policies = {
        "identity": role.identity,
        "boundary": role.boundary,
        "policy": case.target.policy,
    }
    if row.by:
        # The trust policy alone decides: a role that assumes may do everything, a provider's token
        # has no policies, and the boundary does not say who may assume.
        request["principal"] = _resolved(f"arn of {row.by}", case) if ":" in row.by else row.by
        policies = {
            "identity": EVERYTHING if row.by.startswith("role:") else None,
            "policy": role.trust,
        }
    for key, policy in policies.items():
        if policy is not None:
            documents[id(policy)] = policy
            request[key] = id(policy)
    return request


def _principal(role: Role) -> str:
    if role.name == STRANGER:
        return f"arn:aws:iam::{OTHER_ACCOUNT}:role/administrator"
    name = role.name if role.trust else "administrator"
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/session"


def _context(case: Case) -> Mapping[str, str]:
    # A request to assume a role does not have the role's tags yet.
    tags = {} if case.row.by else case.role.tags
    return {
        "aws:ResourceAccount": case.target.account,
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": REGION,
        **{f"aws:PrincipalTag/{key}": value for key, value in tags.items()},
        **{key: _resolved(value, case) for key, value in case.row.context.items()},
    }


def _resolved(value: str, case: Case) -> str:
    if value.startswith("arn of "):
        return targets(value.removeprefix("arn of "), case.environment)[0].arn
    words = {
        "this account": ACCOUNT,
        "another account": OTHER_ACCOUNT,
        "its environment": case.target.environment,
    }
    return words.get(value, value)
