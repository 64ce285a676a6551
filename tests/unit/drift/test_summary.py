"""The printed lines and the exit code of a drift command."""

from __future__ import annotations

import pytest

from sentry_oms.executor.drift.model import (
    Difference,
    ResourceDrift,
    ResourceStatus,
    StackDrift,
    StackStatus,
)
from sentry_oms.executor.drift.summary import exit_code, lines
from sentry_oms.executor.states import Outcome, State
from tests.unit.executor.runs import run

NAMES = ("dev/cluster", "dev/redis", "dev/sqs", "dev/task")
MEANT = "the pipeline deploys"


def differs(path: str, meant: str | None = None, actual: str = "30") -> Difference:
    return Difference(path=path, expected="60", actual=actual, meant=meant)


def resource(*differences: Difference, status: str = "modified") -> ResourceDrift:
    return ResourceDrift(
        logical_id="Queue",
        type="AWS::SQS::Queue",
        status=ResourceStatus(status),
        differences=differences,
    )


def found(status: StackStatus, *resources: ResourceDrift) -> Outcome:
    return Outcome(State.COMPLETE, drift=StackDrift(status=status, resources=resources))


def drifted(*resources: ResourceDrift) -> Outcome:
    return found(StackStatus.DRIFTED, *resources)


def differing(actual: str) -> Outcome:
    return drifted(resource(differs("/A", actual=actual)))


IN_SYNC = found(StackStatus.AS_LAUNCHED)
TWICE = drifted(resource(differs("/A"), differs("/B/0")))
DELETED = drifted(resource(status="deleted"))
PARTLY_MEANT = resource(differs("/A", MEANT), differs("/B"))
AS_MEANT = found(StackStatus.AS_LAUNCHED, resource(differs("/A", MEANT)))
UNREAD = found(StackStatus.AS_LAUNCHED, resource(status="not checked"))
ABSENT = Outcome(State.FAILED, cause="it does not exist")
DENIED = Outcome(State.FAILED, cause="AccessDenied", error=RuntimeError())
PARTLY = Outcome(
    State.FAILED,
    cause="DETECTION_FAILED",
    drift=StackDrift(status=StackStatus.NOT_KNOWN, resources=(resource(differs("/A")),)),
)
QUEUE = "Queue (AWS::SQS::Queue)"
DIFFERENT = "is 30, launched as 60"


def summary(*outcomes: Outcome) -> tuple[int, list[str]]:
    """Return the exit code and the lines."""
    names = NAMES[: len(outcomes)]
    ended = run(dict(zip(names, outcomes, strict=True)), dict.fromkeys(names, frozenset[str]()))
    return exit_code(ended), list(lines(ended))


def findings(*outcomes: Outcome) -> list[str]:
    """Return the indented lines."""
    return [line.strip() for line in summary(*outcomes)[1] if line.startswith("    ")]


@pytest.mark.parametrize(
    ("outcomes", "code", "counts"),
    [
        ([IN_SYNC, IN_SYNC], 0, "2 as launched"),
        ([IN_SYNC, found(StackStatus.LEFT_OUT)], 0, "1 as launched, 1 left out"),
        ([AS_MEANT], 0, "1 as launched"),
        ([UNREAD], 0, "1 as launched"),
        ([IN_SYNC, TWICE], 2, "1 drifted, 1 as launched"),
        ([TWICE, ABSENT], 1, "1 not known, 1 drifted"),
        ([TWICE, DENIED], 1, "1 not known, 1 drifted"),
        ([TWICE, PARTLY], 1, "1 not known, 1 drifted"),
    ],
)
def test_the_worst_status_is_first_and_the_exit_code(
    outcomes: list[Outcome], code: int, counts: str
) -> None:
    exit_code, (first, *_) = summary(*outcomes)
    assert (exit_code, first) == (code, f"drift: {counts}")


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (AS_MEANT, f"meant: dev/cluster: {QUEUE} /A {DIFFERENT}: {MEANT}"),
        (UNREAD, f"not checked: dev/cluster: {QUEUE}"),
        (DELETED, f"drifted: dev/cluster: {QUEUE} is gone"),
        (differing("null"), f"drifted: dev/cluster: {QUEUE} /A is nothing, launched as 60"),
        (differing(""), f"drifted: dev/cluster: {QUEUE} /A is nothing, launched as 60"),
        (drifted(resource()), f"drifted: dev/cluster: {QUEUE} is modified: CloudFormation "),
        (drifted(), "drifted: dev/cluster: CloudFormation "),
        (drifted(resource(status="not checked")), "drifted: dev/cluster: CloudFormation "),
        (drifted(PARTLY_MEANT), f"drifted: dev/cluster: {QUEUE} /B {DIFFERENT}"),
    ],
)
def test_a_resource_is_a_line(outcome: Outcome, line: str) -> None:
    assert findings(outcome)[0].startswith(line)


def test_each_drifted_property_is_a_line_and_the_command_for_details_is_the_last() -> None:
    assert findings(IN_SYNC, TWICE) == [
        f"drifted: dev/redis: {QUEUE} /A {DIFFERENT}",
        f"drifted: dev/redis: {QUEUE} /B/0 {DIFFERENT}",
        "sceptre drift show -D dev/redis",
    ]
    assert any("docs/DRIFT.md" in line for line in summary(TWICE)[1])


def test_stacks_with_one_cause_are_one_line() -> None:
    assert findings(DENIED, DENIED, PARTLY) == [
        "not known: dev/cluster, dev/redis: AccessDenied",
        "not known: dev/sqs: DETECTION_FAILED",
        f"drifted: dev/sqs: {QUEUE} /A {DIFFERENT}",
    ]


@pytest.mark.parametrize(
    ("one", "is_meant"),
    [
        (resource(differs("/A", MEANT)), True),
        (PARTLY_MEANT, False),
        (resource(status="deleted"), False),
    ],
)
def test_a_resource_is_meant_if_all_of_its_differences_are(
    one: ResourceDrift, is_meant: bool
) -> None:
    assert one.is_meant is is_meant


def test_the_last_line_counts_what_was_not_compared() -> None:
    counted = Outcome(
        State.COMPLETE,
        drift=StackDrift(status=StackStatus.AS_LAUNCHED, resources=(), not_compared=3),
    )
    assert summary(counted, UNREAD, TWICE)[1][-1].startswith("Not compared: 4 resources ")
    assert not any(line.startswith("Not compared") for line in summary(IN_SYNC, TWICE)[1])


def test_a_service_that_is_gone_has_the_commands_that_create_it_again() -> None:
    service = ResourceDrift(
        logical_id="Service",
        type="AWS::ECS::Service",
        status=ResourceStatus.DELETED,
        differences=(),
    )
    assert findings(drifted(service))[0].endswith(
        "is gone: sceptre --ignore-dependencies delete dev/cluster, then launch dev/cluster"
    )


@pytest.mark.parametrize("outcome", [TWICE, DELETED, AS_MEANT, PARTLY, DENIED])
def test_values_are_in_a_block_of_code(outcome: Outcome) -> None:
    """Markdown would otherwise format them."""
    words = summary(outcome)[1]
    for before, line in zip(["", *words], words, strict=False):
        if line.startswith("    "):
            assert before == "" or before.startswith("    ")
        else:
            assert "dev/" not in line
