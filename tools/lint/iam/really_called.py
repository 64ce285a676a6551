"""The table's SQS rows, really called on moto with IAM enforced.

``python -m tools.lint.iam.really_called`` runs it; exit 1 where anything deviates. moto knows no
condition and no queue policy, so what rests on one is left to the simulator, and said so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sentry_oms.names import ENVIRONMENTS
from tools.lint.deployed import deployed
from tools.lint.iam.linter import as_deployed
from tools.lint.iam.policies import Policy, roles
from tools.lint.iam.simulator import Case
from tools.lint.iam.table import BOUND, GITHUB_ROLES, ROLES, Row, rows
from tools.lint.paths import ROOT
from tools.lint.verdict import NotInstalledError, Verdict, show

PYTHON = ROOT / ".tools/moto/bin/python"
SCRIPT = Path(__file__).parent / "moto_calls.py"


def left_out(row: Row) -> str:
    """Why moto can't judge a row of SQS; empty where it can."""
    if "another account's" in row.role or row.on.startswith("another account's"):
        return "moto asks no queue's policy and sends no aws:ResourceAccount"
    if row.role in GITHUB_ROLES:
        return "moto takes every condition for one that does not hold"
    if row.role == BOUND:
        return "moto asks no permissions boundary"
    if row.role not in ROLES:
        return "moto asks no queue's policy, and speaks plain HTTP"
    if row.call == "sqs:GetQueueUrl":
        return "moto asks for this by name, and then judges it for every queue"
    return ""


def judge() -> Verdict:
    """Call every row of SQS that moto can judge, in every environment.

    Raises:
        NotInstalledError: where moto is not.
    """
    if not PYTHON.exists():
        raise NotInstalledError("moto is not installed: make .tools/moto/.python")
    ours = [row for row in rows() if row.call.startswith("sqs:")]
    called = [row for row in ours if not left_out(row)]
    cases = [case for env in ENVIRONMENTS for case in as_deployed(called, env, roles(env))]
    # A queue that is deleted after all must not be what the other rows stumble over.
    cases.sort(key=lambda case: case.row.call == "sqs:DeleteQueue")
    verdicts = _call(cases)
    findings = [
        f"{case} ({case.target.arn}) on moto: {verdict}"
        for case, verdict in zip(cases, verdicts, strict=True)
        if verdict != ("allowed" if case.row.allowed else "refused")
    ]
    reasons = Counter(reason for row in ours if (reason := left_out(row)))
    skips = [f"{number} rows: {reason}" for reason, number in reasons.items()]
    summary = [
        f"{len(called)} of {len(ours)} rows of SQS, {len(cases)} calls on moto with IAM enforced",
        *(f"left to the simulator: {skip}" for skip in skips),
        f"{len(findings)} findings",
    ]
    return Verdict("moto with IAM enforced", len(called), findings, skips, summary)


def without_conditions(policy: Policy) -> Policy:
    """The policy as moto can judge it: it takes every condition for one that does not hold."""
    statements = [
        {part: value for part, value in statement.items() if part != "Condition"}
        for statement in policy["Statement"]
    ]
    return {**policy, "Statement": statements}


def _call(cases: Iterable[Case]) -> list[str]:
    asked = list(cases)
    request = {
        "queues": sorted({*_queues(), *(_name(case) for case in asked if case.row.on != "*")}),
        "roles": {
            role.name: [without_conditions(policy) for policy in role.identity]
            for env in ENVIRONMENTS
            for name, role in roles(env).items()
            if name in ROLES
        },
        "calls": [[case.role.name, case.row.call.partition(":")[2], _name(case)] for case in asked],
    }
    done = subprocess.run(
        [PYTHON, SCRIPT], input=json.dumps(request), stdout=subprocess.PIPE, text=True, check=True
    )
    return [str(verdict) for verdict in json.loads(done.stdout)]


def _name(case: Case) -> str:
    return case.target.arn.rpartition(":")[2]


def _queues() -> Iterator[Any]:
    for environment in ENVIRONMENTS:
        for one in deployed(environment)["sqs"]["Resources"].values():
            if one["Type"] == "AWS::SQS::Queue":
                yield one["Properties"]["QueueName"]


if __name__ == "__main__":
    sys.exit(show(judge))
