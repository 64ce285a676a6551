"""The control of the embedded AWS: counts, latency, faults, kills, and operations that are held."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sentry_oms.local.instance import Instance
from tests.conftest import EmbeddedAws, first_port
from tests.rig.control import CONTROL_PATH
from tests.rig.server import MODULE

HOLD = {"holds": {"held-*": 600.0}}


def body(name: str, delay: int = 0) -> str:
    """Return a template with a queue whose ARN is exported."""
    properties = {"QueueName": name, "DelaySeconds": delay}
    output = {"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": f"{name}-arn"}}
    queue = {"Type": "AWS::SQS::Queue", "Properties": properties}
    return json.dumps({"Resources": {"Q": queue}, "Outputs": {"Arn": output}})


@pytest.fixture(autouse=True)
def released(aws: EmbeddedAws) -> Iterator[None]:
    """End what a test controls and creates."""
    yield
    aws.control()
    for name in aws.stack_names():
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


def timeline(aws: EmbeddedAws) -> list[str]:
    return [entry["event"] for entry in aws.happened()["timeline"]]


class TestHolds:
    def test_a_created_stack_has_its_outputs_and_exports_at_the_end(self, aws: EmbeddedAws) -> None:
        cloudformation = aws.client("cloudformation")
        aws.control(**HOLD)
        stack_id = create(aws, "held-a")
        described = [aws.stack("held-a"), aws.stack(stack_id)]
        described += cloudformation.describe_stacks()["Stacks"]
        assert [stack["StackStatus"] for stack in described] == ["CREATE_IN_PROGRESS"] * 3
        assert not any(stack.get("Outputs") for stack in described)
        assert stack_events(aws, "held-a") == ["CREATE_IN_PROGRESS"]
        assert cloudformation.list_exports()["Exports"] == []
        aws.control()
        assert aws.settled("held-a") == "CREATE_COMPLETE"
        assert list(aws.outputs("held-a")) == ["Arn"]
        assert stack_events(aws, "held-a") == ["CREATE_COMPLETE", "CREATE_IN_PROGRESS"]

    def test_a_hold_ends_after_its_time_and_a_delete_after_its_share(
        self, aws: EmbeddedAws
    ) -> None:
        aws.control(holds={"held-b": 0.5})
        stack_id = create(aws, "held-b")
        aws.settled("held-b")
        happened = aws.happened()
        start, end = happened["timeline"]
        assert (start["event"], end["event"]) == ("CreateStack", "created")
        assert end["at"] - start["at"] >= 0.5
        assert happened["first_write_at"] == start["at"]
        assert happened["elapsed"] >= end["at"]
        aws.control(**HOLD, delete_share=0.001)
        aws.client("cloudformation").delete_stack(StackName="held-b")
        assert aws.settled(stack_id) == "DELETE_COMPLETE"
        start, end = aws.happened()["timeline"]
        assert (start["event"], end["event"]) == ("DeleteStack", "deleted")
        assert 0.6 <= end["at"] - start["at"] < 60

    def test_a_held_update_keeps_its_outputs_and_refuses_other_writes(
        self, aws: EmbeddedAws
    ) -> None:
        stack_id = create(aws, "held-c")
        aws.settled("held-c")
        aws.control(**HOLD)
        unchanged = refusal(aws, "update_stack", StackName="held-c", TemplateBody=body("held-c"))
        assert unchanged == "No updates are to be performed."
        assert aws.status("held-c") == "CREATE_COMPLETE"
        assert timeline(aws) == ["UpdateStack refused"]
        assert aws.happened()["first_write_at"] is None

        aws.client("cloudformation").update_stack(
            StackName="held-c", TemplateBody=body("held-c", 5)
        )
        assert aws.status("held-c") == "UPDATE_IN_PROGRESS"
        assert list(aws.outputs("held-c")) == ["Arn"]
        assert stack_events(aws, "held-c")[0] == "UPDATE_IN_PROGRESS"
        again = refusal(aws, "update_stack", StackName="held-c", TemplateBody=body("held-c", 6))
        assert again == f"Stack:{stack_id} is in UPDATE_IN_PROGRESS state and can not be updated."
        assert refusal(aws, "delete_stack", StackName="held-c") == (
            f"Stack [{stack_id}] cannot be deleted while in status UPDATE_IN_PROGRESS"
        )
        aws.control()
        assert aws.settled("held-c") == "UPDATE_COMPLETE"

    def test_a_held_delete_may_be_requested_again(self, aws: EmbeddedAws) -> None:
        stack_id = create(aws, "held-d")
        aws.settled("held-d")
        aws.control(**HOLD)
        for _ in range(2):
            aws.client("cloudformation").delete_stack(StackName="held-d")
            assert aws.status("held-d") == "DELETE_IN_PROGRESS"
        aws.control()
        assert aws.settled(stack_id) == "DELETE_COMPLETE"

    def test_an_executed_change_set_is_held(self, aws: EmbeddedAws) -> None:
        create(aws, "held-e")
        aws.settled("held-e")
        aws.control(**HOLD)
        change_set = {"StackName": "held-e", "ChangeSetName": "c"}
        cloudformation = aws.client("cloudformation")
        cloudformation.create_change_set(**change_set, TemplateBody=body("held-e", 9))
        cloudformation.execute_change_set(**change_set)
        assert aws.status("held-e") == "UPDATE_IN_PROGRESS"

    def test_a_hold_ends_with_the_server(self, tmp_path: Path) -> None:
        instance = Instance(tmp_path / "local", MODULE)
        aws = EmbeddedAws(instance.up(first_port())[0])
        aws.control(**HOLD)
        create(aws, "held-q")
        instance.down()
        restarted = EmbeddedAws(instance.up(first_port())[0])
        try:
            assert restarted.status("held-q") == "CREATE_COMPLETE"
        finally:
            instance.down()

    def test_a_deployment_of_a_held_service_is_in_progress(self, aws: EmbeddedAws) -> None:
        ecs = aws.client("ecs")
        ecs.create_cluster(clusterName="c")
        container = {"name": "x", "image": "x", "memory": 8}
        for _ in range(2):
            ecs.register_task_definition(family="held", containerDefinitions=[container])
        for name in ("held", "free"):
            ecs.create_service(cluster="c", serviceName=name, taskDefinition="held:1")

        def states(service: str) -> list[tuple[str, str]]:
            (found,) = ecs.describe_services(cluster="c", services=[service])["services"]
            return [(one["status"], one["rolloutState"]) for one in found["deployments"]]

        aws.control(deployments=["held"])
        for name in ("held", "free"):
            ecs.update_service(cluster="c", service=name, taskDefinition="held:2")
        assert states("held") == [("PRIMARY", "IN_PROGRESS"), ("ACTIVE", "COMPLETED")]
        assert states("free") == [("PRIMARY", "COMPLETED")]
        aws.control()
        assert states("held") == [("PRIMARY", "COMPLETED")]


class TestControl:
    def test_calls_are_counted_by_action_and_delayed(self, aws: EmbeddedAws) -> None:
        aws.control(latency_seconds=0.1)
        start = time.monotonic()
        aws.client("sqs").list_queues()
        aws.client("cloudformation").describe_stacks()
        aws.client("cloudformation").describe_stacks()
        assert aws.calls() == {"ListQueues": 1, "DescribeStacks": 2}
        assert time.monotonic() - start >= 0.3

    @pytest.mark.parametrize(
        ("service", "command", "action"),
        [
            ("cloudformation", "describe_stacks", "DescribeStacks"),
            ("ecs", "list_clusters", "ListClusters"),
        ],
    )
    def test_a_fault_answers_so_many_calls(
        self, aws: EmbeddedAws, service: str, command: str, action: str
    ) -> None:
        fault = {"action": action, "code": "AccessDenied", "message": "by a test", "times": 2}
        aws.control(faults=[fault])
        client = aws.client(service)
        for _ in range(2):
            with pytest.raises(ClientError, match=r"AccessDenied.*by a test"):
                getattr(client, command)()
        getattr(client, command)()
        assert aws.calls() == {action: 3}

    @pytest.mark.parametrize(("after", "stacks"), [(False, []), (True, ["killed"])])
    def test_a_process_is_killed_at_a_call(
        self, aws: EmbeddedAws, after: bool, stacks: list[str]
    ) -> None:
        client = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        aws.control(kill={"pid": client.pid, "at_call": 2, "after": after})
        aws.client("cloudformation").describe_stacks()
        assert client.poll() is None
        # This process makes the call, and not the one that is killed, so it gets an answer.
        with suppress(ClientError):
            aws.client("cloudformation", retries={"total_max_attempts": 1}).create_stack(
                StackName="killed", TemplateBody=body("killed")
            )
        assert client.wait(5) == -signal.SIGKILL
        aws.control()
        assert aws.stack_names() == stacks

    def test_the_control_is_for_this_machine_only(self, aws: EmbeddedAws) -> None:
        elsewhere = urllib.request.Request(
            aws.endpoint + CONTROL_PATH, headers={"Host": "evil.example"}, method="PUT", data=b"{}"
        )
        with pytest.raises(OSError, match="HTTP Error 4"):
            urllib.request.urlopen(elsewhere)

    def test_an_unknown_key_is_refused(self, aws: EmbeddedAws) -> None:
        with pytest.raises(OSError, match="400"):
            aws.control(latency=1)
