"""The lines that a person reads, and the exit code that a program does."""

from __future__ import annotations

import pytest

from sentry_oms.drift.found import (
    Difference,
    ResourceDrift,
    ResourceStatus,
    StackDrift,
    StackStatus,
)
from sentry_oms.drift.summary import exit_code, lines
from sentry_oms.executor.states import Outcome, State
from tests.unit.executor.runs import run

NAMES = ("dev/cluster", "dev/redis", "dev/sqs", "dev/task")


def differs(path: str, meant: str | None = None) -> Difference:
    return Difference(path=path, expected="60", actual="30", meant=meant)


def resource(*differences: Difference, status: str = "modified") -> ResourceDrift:
    return ResourceDrift(
        logical_id="Queue",
        type="AWS::SQS::Queue",
        status=ResourceStatus(status),
        differences=differences,
    )


def found(status: StackStatus, *resources: ResourceDrift) -> Outcome:
    return Outcome(State.COMPLETE, drift=StackDrift(status=status, resources=resources))


IN_SYNC = found(StackStatus.IN_SYNC)
DRIFTED = found(StackStatus.DRIFTED, resource(differs("/A"), differs("/B/0")))
DELETED = found(StackStatus.DRIFTED, resource(status="deleted"))
MEANT = found(StackStatus.IN_SYNC, resource(differs("/A", "the pipeline deploys")))
LEFT_OUT = found(StackStatus.LEFT_OUT)
ABSENT = Outcome(State.FAILED, cause="it does not exist")
DENIED = Outcome(State.FAILED, cause="AccessDenied", error=RuntimeError())
PARTLY = Outcome(
    State.FAILED,
    cause="DETECTION_FAILED",
    drift=StackDrift(status=StackStatus.UNKNOWN, resources=(resource(differs("/A")),)),
)


def said(*outcomes: Outcome) -> tuple[int, list[str]]:
    names = NAMES[: len(outcomes)]
    ended = run(dict(zip(names, outcomes, strict=True)), dict.fromkeys(names, frozenset[str]()))
    return exit_code(ended), list(lines(ended))


def test_no_drift_is_a_line() -> None:
    assert said(IN_SYNC, IN_SYNC) == (0, ["drift: 2 in sync"])


def test_each_property_is_a_line_and_the_last_say_what_to_do() -> None:
    code, words = said(IN_SYNC, DRIFTED)
    assert code == 2
    assert words == [
        "drift: 1 drifted, 1 in sync",
        "",
        "    dev/redis Queue (AWS::SQS::Queue) /A: expected 60, actual 30",
        "    dev/redis Queue (AWS::SQS::Queue) /B/0: expected 60, actual 30",
        "",
        "A launch does not undo it. docs/DRIFT.md says what does; for more of it:",
        "",
        "    sceptre drift show -D dev/redis",
    ]


def test_what_is_deleted_is_said_to_be() -> None:
    assert "    dev/cluster Queue (AWS::SQS::Queue) is deleted" in said(DELETED)[1]


def test_what_cloudformation_does_not_say_is_not_made_up() -> None:
    unsaid = "CloudFormation does not say in what"
    assert f"    dev/cluster: {unsaid}" in said(found(StackStatus.DRIFTED))[1]
    modified = found(StackStatus.DRIFTED, resource())
    line = f"    dev/cluster Queue (AWS::SQS::Queue) is modified: {unsaid}"
    assert line in said(modified)[1]


def test_what_is_meant_is_shown_and_counts_as_in_sync() -> None:
    assert said(MEANT) == (
        0,
        [
            "drift: 1 in sync",
            "",
            "Meant to differ, and in sync for that:",
            "",
            "    dev/cluster Queue (AWS::SQS::Queue) /A: expected 60, actual 30 "
            "(the pipeline deploys)",
        ],
    )


def test_what_is_meant_does_not_hide_what_is_not() -> None:
    both = resource(differs("/A", "the pipeline deploys"), differs("/B"))
    assert not both.is_meant
    code, words = said(found(StackStatus.DRIFTED, both))
    assert code == 2
    assert words.index("    dev/cluster Queue (AWS::SQS::Queue) /B: expected 60, actual 30") == 2


def test_a_deleted_resource_is_never_meant() -> None:
    assert not resource(status="deleted").is_meant


def test_what_a_launch_passes_by_may_be_absent() -> None:
    assert said(IN_SYNC, LEFT_OUT) == (0, ["drift: 1 in sync, 1 left out"])


def test_stacks_with_one_cause_are_one_line() -> None:
    code, words = said(DENIED, DENIED, ABSENT)
    assert code == 1
    assert words == [
        "drift: 3 not checked",
        "",
        "    not checked: dev/cluster, dev/redis: AccessDenied",
        "    not checked: dev/sqs: it does not exist",
    ]


@pytest.mark.parametrize("fault", [ABSENT, DENIED, PARTLY])
def test_what_is_not_known_outweighs_drift(fault: Outcome) -> None:
    code, words = said(DRIFTED, fault)
    assert code == 1
    assert words[0] == "drift: 1 not checked, 1 drifted"


def test_what_was_found_of_a_stack_before_it_failed_is_shown() -> None:
    _, words = said(PARTLY)
    assert words[2:] == [
        "    not checked: dev/cluster: DETECTION_FAILED",
        "    dev/cluster Queue (AWS::SQS::Queue) /A: expected 60, actual 30",
    ]


def test_every_line_is_a_sentence_or_in_a_block_of_code() -> None:
    """Else Markdown would make of values what it likes."""
    for outcome in (DRIFTED, DELETED, MEANT, PARTLY, DENIED):
        for before, line in zip([""] + said(outcome)[1], said(outcome)[1], strict=False):
            if line.startswith("    "):
                assert before == "" or before.startswith("    ")
            else:
                assert "dev/" not in line
