"""What a person reads at the end of ``make launch``."""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone
from typing import Any

from rich.console import Console

from sentry_oms.local import summary

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:sentry/dev-AbCdEf"


def stack(name: str, created: int, updated: int | None = None, **more: Any) -> dict[str, Any]:
    """A stack created and updated so many seconds after START."""
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


def test_it_counts_what_was_created_and_updated() -> None:
    said = shown(stack("vpc", 1), stack("sqs", -9, 2), stack("secrets", -9, -5))
    assert "dev: 3 of 3 stacks COMPLETE; 1 created, 1 updated." in said
    assert "sentry-secrets-dev  CREATE_COMPLETE  unchanged" in said


def test_it_says_that_nothing_changed() -> None:
    assert "dev: 1 of 1 stacks COMPLETE; nothing changed." in shown(stack("vpc", -9))


def test_a_stack_that_failed_is_not_counted_as_complete() -> None:
    said = shown(stack("vpc", 1), stack("sqs", 1, StackStatus="ROLLBACK_FAILED"))
    assert "1 of 2 stacks COMPLETE" in said


def test_a_rolled_back_stack_is_not_counted_as_complete() -> None:
    said = shown(stack("vpc", -9, 1, StackStatus="UPDATE_ROLLBACK_COMPLETE"))
    assert "0 of 1 stacks COMPLETE" in said


def test_outputs_are_printed_whole_on_any_width() -> None:
    output = {"OutputKey": "SecretArn", "OutputValue": ARN}
    assert f"  SecretArn  {ARN}\n" in shown(stack("secrets", 1, Outputs=[output]))


def test_without_a_moment_it_says_nothing_of_changes() -> None:
    said = shown(stack("vpc", 1), since=None)
    assert "dev: 1 of 1 stacks COMPLETE." in said
    assert "created" not in said


class TestNotes:
    def test_a_service_without_an_image_is_named_with_its_repository(self) -> None:
        (note,) = summary.notes([("sentry-oms-service-dev", "sentry/oms-dev")], [], [], "dev")
        assert note == (
            "sentry-oms-service-dev has 0 tasks until an image is in sentry/oms-dev; "
            "then launch again."
        )

    def test_pipelines_that_were_left_out_are_named_with_what_they_wait_for(self) -> None:
        expected = ["vpc", "pipeline-oms", "pipeline-frontend"]
        (note,) = summary.notes([], expected, [stack("vpc", 0)], "dev")
        assert note.startswith("Not launched: pipeline-frontend, pipeline-oms. A pipeline needs")

    def test_another_stack_that_is_missing_is_named(self) -> None:
        assert summary.notes([], ["sqs"], [], "dev") == ["Not launched: sqs."]

    def test_where_all_is_there_nothing_is_said(self) -> None:
        assert summary.notes([], ["vpc"], [stack("vpc", 0)], "dev") == []


def test_it_says_where_to_point_a_client_and_what_to_try() -> None:
    said = shown()
    for hint in ("http://127.0.0.1:1", 'eval "$(make -s aws-env)"', "sceptre diff dev"):
        assert hint in said


def test_stacks_of_another_environment_are_left_out() -> None:
    class Pages:
        def get_paginator(self, _: str) -> Pages:
            return self

        def paginate(self) -> list[dict[str, Any]]:
            other = stack("vpc", 0, StackName="sentry-vpc-prod")
            return [{"Stacks": [stack("sqs", 2), other]}, {"Stacks": [stack("vpc", 1)]}]

    found = [one["StackName"] for one in summary.stacks_of(Pages(), "dev")]
    assert found == ["sentry-vpc-dev", "sentry-sqs-dev"]


def test_of_the_accounts_stacks_none_is_missing() -> None:
    made = stack("", 0, StackName="sentry-github-oidc-roles")
    assert summary.notes([], ["github-oidc-roles"], [made], "bootstrap") == []
