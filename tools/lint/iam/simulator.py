"""Judges rows by what is deployed, with @cloud-copilot/iam-simulate, all in one process of Node.

The package is AGPL: it is run as a tool from ``.tools/node`` and is no part of what is shipped.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sentry_oms.cloudformation.placeholders import ACCOUNT
from sentry_oms.names import ENVIRONMENTS
from tools.lint.deployed import REGION
from tools.lint.iam.policies import EVERYTHING, Policy, Role
from tools.lint.iam.resources import OTHER_ACCOUNT, Target, targets
from tools.lint.iam.table import STRANGER, Row
from tools.lint.paths import ROOT
from tools.lint.verdict import NotInstalledError

NODE = ROOT / ".tools/node"
SCRIPT = Path(__file__).parent / "simulate.mjs"
PACKAGE = "@cloud-copilot/iam-simulate"
NOT_NEEDED = "not needed"


class Case(NamedTuple):
    """A row in one environment, on one resource.

    Args:
        row: what is expected.
        environment: whose role calls.
        target: what it calls.
        role: the policies to judge by.
    """

    row: Row
    environment: str
    target: Target
    role: Role

    def __str__(self) -> str:
        return f"{self.environment}: {self.row}"


def cases(rows: Iterable[Row], environment: str, role: Role) -> Iterator[Case]:
    """The rows as they are judged in an environment, by the policies of the role."""
    for row in rows:
        if environment in row.environments:
            for target in targets(row.on, environment, others(environment)):
                yield Case(row, environment, target, role)


class Judged(NamedTuple):
    """What came out of a case."""

    case: Case
    verdict: str

    @property
    def is_allowed(self) -> bool:
        """Whether the call would be made. A request that makes no sense is none."""
        return self.verdict == "Allowed"

    @property
    def deviates(self) -> bool:
        """Whether the row says otherwise, or the request makes no sense."""
        if self.verdict.startswith("error"):
            return True
        return self.is_allowed != self.case.row.allowed

    def __str__(self) -> str:
        return f"{self.case} ({self.case.target.arn}): {self.verdict}"


def judged(groups: Sequence[Sequence[Case]], *, whole: int) -> list[list[Judged]]:
    """What comes out of each case, group by group.

    Args:
        groups: cases that are about one question.
        whole: of how many groups, from the first on, every case is judged; of the others, none
            after the first that is allowed.
    """
    documents = _Documents()
    requests = [
        _request(case, documents, None if number < whole else number)
        for number, group in enumerate(groups)
        for case in group
    ]
    verdicts = iter(_run(documents.all, requests))
    return [
        [
            Judged(case, verdict)
            for case, verdict in zip(group, verdicts, strict=False)
            if verdict != NOT_NEEDED
        ]
        for group in groups
    ]


def version() -> str:
    """The simulator's version.

    Raises:
        NotInstalledError: where it is not.
    """
    try:
        package = NODE / "node_modules" / PACKAGE / "package.json"
        return str(json.loads(package.read_text(encoding="utf-8"))["version"])
    except FileNotFoundError:
        raise NotInstalledError(f"{PACKAGE} is not installed: make .tools/node/.npm") from None


class _Documents:
    """Policies, each once."""

    def __init__(self) -> None:
        self.all: list[Policy] = []
        self._places: dict[int, int] = {}

    def place(self, policy: Policy) -> int:
        if id(policy) not in self._places:
            self._places[id(policy)] = len(self.all)
            self.all.append(policy)
        return self._places[id(policy)]


def _request(case: Case, documents: _Documents, group: int | None) -> dict[str, Any]:
    row, role = case.row, case.role
    principal, identity, policy = _principal(role), role.identity, case.target.policy
    boundary = role.boundary
    if row.by:
        # Who assumes may do everything, so that it is the trust policy that decides; who comes with
        # a provider's token has no policies at all. Whom a role lets in its boundary does not say.
        principal = _resolved(f"arn of {row.by}", case) if ":" in row.by else row.by
        identity = (EVERYTHING,) if row.by.startswith("role:") else ()
        boundary, policy = None, role.trust
    return {
        "principal": principal,
        "action": row.call,
        "resource": case.target.arn,
        "account": case.target.account,
        "context": _context(case),
        "identity": [documents.place(one) for one in identity],
        "policy": None if policy is None else documents.place(policy),
        "boundary": None if boundary is None else documents.place(boundary),
        "forged": row.forged,
        "group": group,
    }


def _principal(role: Role) -> str:
    if role.name == STRANGER:
        return f"arn:aws:iam::{OTHER_ACCOUNT}:role/administrator"
    name = role.name if role.trust else "administrator"
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/session"


def _context(case: Case) -> Mapping[str, str]:
    # The tags are those of who calls, and who assumes a role does not have them yet.
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
        short, environment = value.removeprefix("arn of "), case.environment
        first, *_ = targets(short, environment, others(environment))
        return first.arn
    words = {
        "this account": ACCOUNT,
        "another account": OTHER_ACCOUNT,
        "its environment": case.target.environment,
    }
    return words.get(value, value)


def others(environment: str) -> tuple[str, ...]:
    """The environments that it is not."""
    return tuple(one for one in ENVIRONMENTS if one != environment)


def _run(documents: list[Policy], requests: list[dict[str, Any]]) -> list[str]:
    version()
    done = subprocess.run(
        [NODE / "bin/node", SCRIPT, NODE],
        input=json.dumps({"documents": documents, "requests": requests}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))
