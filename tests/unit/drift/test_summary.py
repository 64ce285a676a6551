"""The lines that a person reads, and the exit code that a program does."""

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


IN_SYNC = found(StackStatus.AS_LAUNCHED)
DRIFTED = found(StackStatus.DRIFTED, resource(differs("/A"), differs("/B/0")))
DELETED = found(StackStatus.DRIFTED, resource(status="deleted"))
MEANT = found(StackStatus.AS_LAUNCHED, resource(differs("/A", "the pipeline deploys")))
LEFT_OUT = found(StackStatus.LEFT_OUT)
ABSENT = Outcome(State.FAILED, cause="it does not exist")
DENIED = Outcome(State.FAILED, cause="AccessDenied", error=RuntimeError())
PARTLY = Outcome(
    State.FAILED,
    cause="DETECTION_FAILED",
    drift=StackDrift(status=StackStatus.NOT_KNOWN, resources=(resource(differs("/A")),)),
)


def said(*outcomes: Outcome) -> tuple[int, list[str]]:
    names = NAMES[: len(outcomes)]
    ended = run(dict(zip(names, outcomes, strict=True)), dict.fromkeys(names, frozenset[str]()))
    return exit_code(ended), list(lines(ended))


def test_no_drift_is_a_line() -> None:
    assert said(IN_SYNC, IN_SYNC) == (0, ["drift: 2 as launched"])


def test_each_property_is_a_line_and_the_last_say_what_to_do() -> None:
    code, words = said(IN_SYNC, DRIFTED)
    assert code == 2
    assert words == [
        "drift: 1 drifted, 1 as launched",
        "",
        "    drifted: dev/redis: Queue (AWS::SQS::Queue) /A is 30, launched as 60",
        "    drifted: dev/redis: Queue (AWS::SQS::Queue) /B/0 is 30, launched as 60",
        "",
        "A launch does not undo it; docs/DRIFT.md says what does. For details:",
        "",
        "    sceptre drift show -D dev/redis",
    ]


@pytest.mark.parametrize("nothing", ["null", ""])
def test_what_is_not_there_is_nothing(nothing: str) -> None:
    gone = found(StackStatus.DRIFTED, resource(differs("/A", actual=nothing)))
    line = "    drifted: dev/cluster: Queue (AWS::SQS::Queue) /A is nothing, launched as 60"
    assert line in said(gone)[1]


def test_what_is_deleted_is_said_to_be() -> None:
    assert "    drifted: dev/cluster: Queue (AWS::SQS::Queue) is gone" in said(DELETED)[1]


def test_what_cloudformation_does_not_say_is_not_made_up() -> None:
    unsaid = "CloudFormation names no property"
    assert f"    drifted: dev/cluster: {unsaid}" in said(found(StackStatus.DRIFTED))[1]
    modified = found(StackStatus.DRIFTED, resource())
    line = f"    drifted: dev/cluster: Queue (AWS::SQS::Queue) is modified: {unsaid}"
    assert line in said(modified)[1]


def test_what_is_meant_is_shown_and_counts_as_launched() -> None:
    assert said(MEANT) == (
        0,
        [
            "drift: 1 as launched",
            "",
            "    meant: dev/cluster: Queue (AWS::SQS::Queue) /A is 30, launched as 60: "
            "the pipeline deploys",
        ],
    )


def test_what_is_meant_does_not_hide_what_is_not() -> None:
    both = resource(differs("/A", "the pipeline deploys"), differs("/B"))
    assert not both.is_meant
    code, words = said(found(StackStatus.DRIFTED, both))
    assert code == 2
    assert (
        words.index("    drifted: dev/cluster: Queue (AWS::SQS::Queue) /B is 30, launched as 60")
        == 2
    )


def test_a_deleted_resource_is_never_meant() -> None:
    assert not resource(status="deleted").is_meant


def test_what_was_not_checked_is_said_and_counts_as_launched() -> None:
    unread = resource(status="not checked")
    assert said(found(StackStatus.AS_LAUNCHED, unread)) == (
        0,
        ["drift: 1 as launched", "", "    not checked: dev/cluster: Queue (AWS::SQS::Queue)"],
    )
    unsaid = "    drifted: dev/cluster: CloudFormation names no property"
    assert unsaid in said(found(StackStatus.DRIFTED, unread))[1]


def test_what_a_launch_passes_by_may_be_absent() -> None:
    assert said(IN_SYNC, LEFT_OUT) == (0, ["drift: 1 as launched, 1 left out"])


def test_stacks_with_one_cause_are_one_line() -> None:
    code, words = said(DENIED, DENIED, ABSENT)
    assert code == 1
    assert words == [
        "drift: 3 not known",
        "",
        "    not known: dev/cluster, dev/redis: AccessDenied",
        "    not known: dev/sqs: it does not exist",
    ]


@pytest.mark.parametrize("fault", [ABSENT, DENIED, PARTLY])
def test_what_is_not_known_outweighs_drift(fault: Outcome) -> None:
    code, words = said(DRIFTED, fault)
    assert code == 1
    assert words[0] == "drift: 1 not known, 1 drifted"


def test_what_was_found_of_a_stack_before_it_failed_is_shown() -> None:
    _, words = said(PARTLY)
    assert words[2:] == [
        "    not known: dev/cluster: DETECTION_FAILED",
        "    drifted: dev/cluster: Queue (AWS::SQS::Queue) /A is 30, launched as 60",
    ]


def test_every_line_is_a_sentence_or_in_a_block_of_code() -> None:
    """Else Markdown would make of values what it likes."""
    for outcome in (DRIFTED, DELETED, MEANT, PARTLY, DENIED):
        for before, line in zip([""] + said(outcome)[1], said(outcome)[1], strict=False):
            if line.startswith("    "):
                assert before == "" or before.startswith("    ")
            else:
                assert "dev/" not in line
