"""A held stack is in progress as on AWS, until its time is over."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sentry_oms.local.instance import Instance
from tests.conftest import EmbeddedAws, first_port
from tests.rig.server import MODULE

HOLD = {"holds": {"held-*": 60.0}}


def body(name: str, delay: int = 0) -> str:
    """A queue whose ARN is exported."""
    properties = {"QueueName": name, "DelaySeconds": delay}
    output = {"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": f"{name}-arn"}}
    queue = {"Type": "AWS::SQS::Queue", "Properties": properties}
    return json.dumps({"Resources": {"Q": queue}, "Outputs": {"Arn": output}})


@pytest.fixture
def name(aws: EmbeddedAws, request: pytest.FixtureRequest) -> Iterator[str]:
    """A stack's name that is held when the control says so, and free again after the test."""
    name = f"held-{request.node.name.replace('_', '-')[-40:]}"
    yield name
    aws.control()
    if name in aws.stack_names():
        aws.settled(name)
        aws.delete(name)


def create(aws: EmbeddedAws, name: str) -> str:
    response = aws.client("cloudformation").create_stack(StackName=name, TemplateBody=body(name))
    return str(response["StackId"])


def refusal(aws: EmbeddedAws, operation: str, **arguments: Any) -> str:
    with pytest.raises(ClientError) as refused:
        getattr(aws.client("cloudformation"), operation)(**arguments)
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    return str(refused.value.response["Error"]["Message"])


def stack_events(aws: EmbeddedAws, name: str) -> list[str]:
    events = aws.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [e["ResourceStatus"] for e in events if e["ResourceType"].endswith("::Stack")]


def test_a_create_is_in_progress_without_what_its_end_brings(aws: EmbeddedAws, name: str) -> None:
    aws.control(**HOLD)
    stack_id = create(aws, name)
    described = [aws.stack(name), aws.stack(stack_id)]
    every = aws.client("cloudformation").describe_stacks()["Stacks"]
    described += [stack for stack in every if stack["StackName"] == name]
    assert [stack["StackStatus"] for stack in described] == ["CREATE_IN_PROGRESS"] * 3
    assert not any(stack.get("Outputs") for stack in described)
    assert stack_events(aws, name) == ["CREATE_IN_PROGRESS"]
    assert aws.client("cloudformation").list_exports()["Exports"] == []
    aws.control()
    assert aws.settled(name) == "CREATE_COMPLETE"
    assert list(aws.outputs(name)) == ["Arn"]
    assert stack_events(aws, name) == ["CREATE_COMPLETE", "CREATE_IN_PROGRESS"]


def test_it_ends_when_its_time_is_over(aws: EmbeddedAws, name: str) -> None:
    aws.control(holds={name: 0.5})
    create(aws, name)
    assert aws.stack(name)["StackStatus"] == "CREATE_IN_PROGRESS"
    assert aws.settled(name) == "CREATE_COMPLETE"
    happened = aws.happened()
    start, end = happened["timeline"]
    assert (start["event"], end["event"]) == ("CreateStack", "created")
    assert end["at"] - start["at"] == pytest.approx(0.5, abs=0.2)
    assert happened["first_write_at"] == start["at"]
    assert happened["elapsed"] >= end["at"]


def test_an_update_keeps_its_outputs_and_refuses_another_write(aws: EmbeddedAws, name: str) -> None:
    create(aws, name)
    aws.settled(name)
    aws.control(**HOLD)
    cloudformation = aws.client("cloudformation")
    stack_id = cloudformation.update_stack(StackName=name, TemplateBody=body(name, 5))["StackId"]
    assert aws.stack(name)["StackStatus"] == "UPDATE_IN_PROGRESS"
    assert list(aws.outputs(name)) == ["Arn"]
    assert stack_events(aws, name)[0] == "UPDATE_IN_PROGRESS"
    assert refusal(aws, "update_stack", StackName=name, TemplateBody=body(name, 6)) == (
        f"Stack:{stack_id} is in UPDATE_IN_PROGRESS state and can not be updated."
    )
    assert refusal(aws, "delete_stack", StackName=name) == (
        f"Stack [{stack_id}] cannot be deleted while in status UPDATE_IN_PROGRESS"
    )
    aws.control()
    assert aws.settled(name) == "UPDATE_COMPLETE"


def test_an_update_that_changes_nothing_is_refused_and_not_held(
    aws: EmbeddedAws, name: str
) -> None:
    create(aws, name)
    aws.settled(name)
    aws.control(**HOLD)
    assert refusal(aws, "update_stack", StackName=name, TemplateBody=body(name)) == (
        "No updates are to be performed."
    )
    assert aws.stack(name)["StackStatus"] == "CREATE_COMPLETE"
    assert [entry["event"] for entry in aws.happened()["timeline"]] == ["UpdateStack refused"]
    assert aws.happened()["first_write_at"] is None


def test_a_delete_takes_its_share_and_then_the_stack_is_gone(aws: EmbeddedAws, name: str) -> None:
    stack_id = create(aws, name)
    aws.settled(name)
    aws.control(holds={name: 2.0}, delete_share=0.25)
    start = time.monotonic()
    aws.client("cloudformation").delete_stack(StackName=name)
    assert aws.settled(stack_id) == "DELETE_COMPLETE"
    assert 0.4 <= time.monotonic() - start < 2.0
    assert name not in aws.stack_names()
    assert [entry["event"] for entry in aws.happened()["timeline"]] == ["DeleteStack", "deleted"]


def test_a_delete_is_in_progress_and_may_be_asked_for_again(aws: EmbeddedAws, name: str) -> None:
    stack_id = create(aws, name)
    aws.settled(name)
    aws.control(**HOLD)
    for _ in range(2):
        aws.client("cloudformation").delete_stack(StackName=name)
        assert aws.stack(name)["StackStatus"] == "DELETE_IN_PROGRESS"
    assert refusal(aws, "update_stack", StackName=name, TemplateBody=body(name, 7)) == (
        f"Stack:{stack_id} is in DELETE_IN_PROGRESS state and can not be updated."
    )
    aws.control()
    assert aws.settled(stack_id) == "DELETE_COMPLETE"


def test_an_executed_change_set_is_held(aws: EmbeddedAws, name: str) -> None:
    create(aws, name)
    aws.settled(name)
    aws.control(**HOLD)
    cloudformation = aws.client("cloudformation")
    cloudformation.create_change_set(StackName=name, ChangeSetName="c", TemplateBody=body(name, 9))
    cloudformation.execute_change_set(StackName=name, ChangeSetName="c")
    assert aws.stack(name)["StackStatus"] == "UPDATE_IN_PROGRESS"
    aws.control()
    assert aws.settled(name) == "UPDATE_COMPLETE"


def test_what_is_held_ends_with_the_server(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "local", MODULE)
    aws = EmbeddedAws(instance.up(first_port())[0])
    aws.control(**HOLD)
    create(aws, "held-q")
    instance.down()
    restarted = EmbeddedAws(instance.up(first_port())[0])
    try:
        assert restarted.stack("held-q")["StackStatus"] == "CREATE_COMPLETE"
    finally:
        instance.down()


def test_a_deployment_of_a_held_service_is_in_progress_until_it_is_released(
    aws: EmbeddedAws, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(aws.control)
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="c")
    for _ in range(2):
        ecs.register_task_definition(
            family="held", containerDefinitions=[{"name": "x", "image": "x", "memory": 8}]
        )
    for service in ("held", "free"):
        ecs.create_service(
            cluster="c", serviceName=service, taskDefinition="held:1", desiredCount=1
        )

    def states(service: str) -> list[tuple[str, str]]:
        (found,) = ecs.describe_services(cluster="c", services=[service])["services"]
        return [(one["status"], one["rolloutState"]) for one in found["deployments"]]

    aws.control(deployments=["held"])
    for service in ("held", "free"):
        ecs.update_service(cluster="c", service=service, taskDefinition="held:2")
    assert states("held") == [("PRIMARY", "IN_PROGRESS"), ("ACTIVE", "COMPLETED")]
    assert states("free") == [("PRIMARY", "COMPLETED")]
    aws.control()
    assert states("held") == [("PRIMARY", "COMPLETED")]
