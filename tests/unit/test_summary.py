"""The summary at the end of ``make launch``."""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest.mock import MagicMock

import pytest
from rich.console import Console

from sentry_oms.local import summary

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:sentry/dev-AbCdEf"


def stack(name: str, created: int, updated: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a stack that was created and updated so many seconds after START."""
    found = {
        "StackName": f"sentry-{name}-dev",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": START + timedelta(seconds=created),
        **more,
    }
    if updated is not None:
        found["LastUpdatedTime"] = START + timedelta(seconds=updated)
    return found


def shown(*stacks: dict[str, Any], since: datetime | None = START) -> str:
    text = io.StringIO()
    summary.show(Console(file=text, width=40), stacks, "dev", "http://127.0.0.1:1", since)
    return text.getvalue()


VPC = stack("vpc", -9)
FAILED = stack("sqs", 1, StackStatus="ROLLBACK_FAILED")
ROLLED_BACK = stack("vpc", -9, 1, StackStatus="UPDATE_ROLLBACK_COMPLETE")
SECRETS = stack("secrets", 1, Outputs=[{"OutputKey": "SecretArn", "OutputValue": ARN}])


@pytest.mark.parametrize(
    ("stacks", "line"),
    [
        (
            [stack("vpc", 1), stack("sqs", -9, 2), stack("secrets", -9, -5)],
            "dev: 3 of 3 stacks COMPLETE; 1 created, 1 updated.",
        ),
        ([stack("secrets", -9, -5)], "sentry-secrets-dev  CREATE_COMPLETE  unchanged"),
        ([VPC], "dev: 1 of 1 stacks COMPLETE; nothing changed."),
        ([VPC, FAILED], "1 of 2 stacks COMPLETE"),
        ([ROLLED_BACK], "0 of 1 stacks COMPLETE"),
        ([SECRETS], f"  SecretArn  {ARN}\n"),
        ([], "http://127.0.0.1:1"),
        ([], 'eval "$(make -s aws-env)"'),
        ([], "sceptre diff dev"),
    ],
)
def test_the_summary_has_counts_outputs_and_hints(stacks: list[Any], line: str) -> None:
    assert line in shown(*stacks)


def test_the_summary_without_a_start_time_has_no_changes() -> None:
    said = shown(stack("vpc", 1), since=None)
    assert "dev: 1 of 1 stacks COMPLETE." in said
    assert "created" not in said


WITHOUT_IMAGE = [("s", "sentry/s-dev"), ("t", "sentry/t-dev")]


@pytest.mark.parametrize(
    ("services", "expected", "words"),
    [
        (WITHOUT_IMAGE, [], ["s (sentry/s-dev), t (sentry/t-dev)"]),
        ([], ["vpc", "pipeline-oms", "pipeline-frontend"], ["pipeline-frontend, pipeline-oms. "]),
        ([], ["sqs"], ["Not launched: sqs."]),
    ],
)
def test_a_note_names_a_service_without_an_image_or_a_missing_stack(
    services: list[tuple[str, str]], expected: list[str], words: list[str]
) -> None:
    (note,) = summary.notes(services, expected, [stack("vpc", 0)], "dev")
    assert all(word in note for word in words)


@pytest.mark.parametrize(
    ("name", "stack_name", "environment"),
    [
        ("vpc", "sentry-vpc-dev", "dev"),
        ("github-oidc-roles", "sentry-github-oidc-roles", "bootstrap"),
    ],
)
def test_a_complete_environment_has_no_note(name: str, stack_name: str, environment: str) -> None:
    assert summary.notes([], [name], [stack(name, 0, StackName=stack_name)], environment) == []


def test_stacks_of_another_environment_are_left_out() -> None:
    client = MagicMock()
    client.get_paginator.return_value.paginate.return_value = [
        {"Stacks": [stack("sqs", 2), stack("vpc", 0, StackName="sentry-vpc-prod")]},
        {"Stacks": [stack("vpc", 1)]},
    ]
    found = [one["StackName"] for one in summary.stacks_of(client, "dev")]
    assert found == ["sentry-vpc-dev", "sentry-sqs-dev"]
