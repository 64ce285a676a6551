"""Stacks on AWS that are no longer in config."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.plan.orphans import orphans
from tests.unit.tags import commands, refusal, stack

DEV = {"Project": "sentry-oms", "Environment": "dev"}


def described(name: str, tags: dict[str, str], created: int = 1, **more: Any) -> dict[str, Any]:
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    one = {"StackName": name, "StackStatus": "CREATE_COMPLETE", "CreationTime": created}
    return {"Stacks": [{**one, "Tags": pairs, **more}]}


def listed(*names: str, **more: str) -> dict[str, Any]:
    return {"StackSummaries": [{"StackName": name} for name in names], **more}


def resources(**kinds: str) -> dict[str, Any]:
    found = [{"LogicalResourceId": key, "ResourceType": kind} for key, kind in kinds.items()]
    return {"StackResourceSummaries": found}


def environment(*answers: Any, tags: dict[str, str] | None = None) -> list[Any]:
    """Return the stacks vpc and sqs of dev with one connection, which gives the answers."""
    found = [stack("dev/vpc", *answers), stack("dev/sqs")]
    for one in found:
        one.tags = DEV if tags is None else tags
        one.profile, one.connection_manager = "same", found[0].connection_manager
    return found


def test_a_stack_with_the_names_and_tags_of_the_environment_is_listed() -> None:
    stacks = environment(
        listed("sentry-vpc-dev", "sentry-sqs-dev", "sentry-vpc-prod", NextToken="more"),
        {"StackSummaries": [{"StackName": "sentry-nested-dev", "ParentId": "x"}]}
        | {"NextToken": "more"},
        listed("other-vpc-dev", "sentry-alarms-dev", "sentry-old-dev"),
        described("sentry-alarms-dev", {**DEV, "Owner": "x"}, 1),
        resources(Topic="AWS::SNS::Topic", Table="AWS::DynamoDB::Table"),
        described("sentry-old-dev", DEV, 2, EnableTerminationProtection=True),
        resources(),
    )
    (old, alarms), reason = orphans(stacks, {"sentry-vpc-dev", "sentry-sqs-dev"}, "dev")
    assert reason is None
    assert (alarms.name, alarms.status) == ("sentry-alarms-dev", "CREATE_COMPLETE")
    assert alarms.state == ("Table (rows)",)
    assert alarms.remedy == (
        "put its file back, or after a launch of dev: "
        "aws cloudformation delete-stack --stack-name sentry-alarms-dev"
    )
    assert (old.name, old.state) == ("sentry-old-dev", ())
    assert "update-termination-protection" in old.remedy


@pytest.mark.parametrize("tags", [{}, {"Project": "sentry-oms"}, {**DEV, "Project": "another"}])
def test_a_stack_without_the_tags_of_the_environment_is_another_systems(
    tags: dict[str, str],
) -> None:
    stacks = environment(listed("sentry-alarms-dev"), described("sentry-alarms-dev", tags))
    assert orphans(stacks, (), "dev") == ((), None)
    assert commands(stacks[0]) == ["list_stacks", "describe_stacks"]


def test_without_the_two_tags_in_config_aws_is_not_called() -> None:
    stacks = environment(tags={"Project": "sentry-oms"})
    assert orphans(stacks, (), "dev") == ((), None)
    stacks = environment()
    stacks[1].external_name = "queues"
    assert orphans(stacks, (), "dev") == ((), None)
    assert commands(stacks[0]) == []


def test_a_refused_list_is_said() -> None:
    found, reason = orphans(environment(refusal("AccessDenied", "no ListStacks")), (), "dev")
    assert found == ()
    assert reason
    assert reason.startswith("stacks that are no longer in config are not listed: ")
    assert "no ListStacks" in reason
