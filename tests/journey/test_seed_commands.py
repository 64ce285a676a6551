"""The seed's own AWS CLI commands create, update and delete the same 16 stacks.

seed_commands.sh has them, and says where three things differ. They run in the seed's order.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, EmbeddedAws, template
from tests.journey.shell import AWS_CLI

VPC = "sentry-vpc-dev"
PREVIOUS = " --parameters ParameterKey=Environment,UsePreviousValue=true"
"""The parameters that the seed's change set lacks."""

Shell = Callable[[str], "subprocess.CompletedProcess[str]"]
COMMANDS = re.findall(
    r"^aws (?:.*\\\n)*.*$", Path(__file__).with_name("seed_commands.sh").read_text(), re.MULTILINE
)


def those(verb: str) -> list[str]:
    return [command for command in COMMANDS if command.split()[2] == verb]


def the(verb: str) -> str:
    (command,) = those(verb)
    return command


def stack(command: str) -> str:
    return re.findall(r"--stack-name (\S+)", command)[0]


CREATES = {stack(command): command for command in those("create-stack")}


def test_every_stack_of_dev_has_a_create_and_a_delete_command() -> None:
    files = {file.stem for file in (ROOT / "config/dev").glob("*.yaml")} - {"config"}
    stacks = sorted(f"sentry-{name}-dev" for name in files)
    assert sorted(map(stack, those("create-stack"))) == stacks
    assert sorted(map(stack, those("delete-stack"))) == stacks


@pytest.mark.parametrize("command", CREATES.values(), ids=CREATES)
def test_a_command_has_the_parameters_and_the_capability_of_its_template(command: str) -> None:
    """The embedded AWS checks values, but neither names nor capabilities."""
    (path,) = re.findall(r"file://templates/(\S+)", command)
    body = template(path)
    assert set(re.findall(r"ParameterKey=(\w+)", command)) <= body["Parameters"].keys()
    needed = any("::IAM::" in one["Type"] for one in body["Resources"].values())
    assert ("CAPABILITY_NAMED_IAM" in command) is needed


@pytest.fixture(scope="module")
def shell(aws: EmbeddedAws) -> Shell:
    """Runs a command at the root of the repository."""
    assert AWS_CLI.exists(), "`make test` sets up the AWS CLI"
    environ = {
        **aws.environ,
        "PATH": f"{AWS_CLI.parent}{os.pathsep}{os.environ['PATH']}",
        "AWS_DEFAULT_OUTPUT": "json",
    }

    def run(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", text],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


@pytest.fixture(scope="module")
def created(shell: Shell, aws: EmbeddedAws) -> None:
    for name, command in CREATES.items():
        answer(shell(command))
        assert aws.settled(name) == "CREATE_COMPLETE", aws.reasons(name)


def endpoints(aws: EmbeddedAws) -> set[str]:
    found = aws.client("cloudformation").describe_stack_resources(StackName=VPC)["StackResources"]
    return {
        one["LogicalResourceId"] for one in found if one["ResourceType"] == "AWS::EC2::VPCEndpoint"
    }


@pytest.fixture
def older(created: None, aws: EmbeddedAws) -> None:  # noqa: ARG001
    """The VPC without its S3 endpoint, so that its template changes it."""
    if "S3Endpoint" in endpoints(aws):
        body = template("networking/vpc-nonprod.json")
        del body["Resources"]["S3Endpoint"]
        assert aws.deploy(VPC, body, Environment="dev") == "UPDATE_COMPLETE", aws.reasons(VPC)


@pytest.mark.usefixtures("created")
def test_lists_and_outputs_arrive(aws: EmbeddedAws) -> None:
    found = aws.stack("sentry-cluster-gateway-dev")["Parameters"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in found}
    assert parameters["SQSQueueNames"] == "master-order-queue-dev.fifo,clients-events-queue-dev"
    group = aws.outputs("sentry-alb-dev")["ALBSecurityGroupId"]
    assert parameters["ALBSecurityGroupId"] == group


@pytest.mark.usefixtures("created")
@pytest.mark.parametrize(
    ("pattern", "instead", "refusal"),
    [
        (r"\\,", ",", "Parameter validation failed"),
        (r'"\$\(.*?\)"', "sg-xxx", "ALBSecurityGroupId"),
    ],
)
def test_the_list_and_the_placeholder_of_the_seed_are_refused(
    shell: Shell, pattern: str, instead: str, refusal: str
) -> None:
    command = CREATES["sentry-cluster-gateway-dev"].replace("gateway-dev", "other-dev", 1)
    done = shell(re.sub(pattern, instead, command, flags=re.DOTALL))
    assert done.returncode != 0
    assert refusal in done.stderr


@pytest.mark.usefixtures("created")
def test_the_describe_commands_show_status_events_and_outputs(
    shell: Shell, aws: EmbeddedAws
) -> None:
    status, outputs = (answer(shell(command)) for command in those("describe-stacks"))
    assert status == "CREATE_COMPLETE"
    assert {one["OutputKey"]: one["OutputValue"] for one in outputs} == aws.outputs(VPC)
    events = answer(shell(the("describe-stack-events")))
    assert len(events) == 5
    assert (events[0]["LogicalResourceId"], events[0]["ResourceStatus"]) == (VPC, "CREATE_COMPLETE")


@pytest.mark.usefixtures("created")
def test_the_update_command_changes_nothing_after_the_create_command(shell: Shell) -> None:
    done = shell(the("update-stack"))
    assert done.returncode != 0
    assert "No updates are to be performed." in done.stderr


@pytest.mark.usefixtures("created")
def test_the_change_set_command_lacks_a_parameter(shell: Shell) -> None:
    done = shell(the("create-change-set"))
    assert done.returncode != 0
    assert "Environment" in done.stderr


@pytest.mark.usefixtures("older")
def test_the_update_command_updates_an_older_stack(shell: Shell, aws: EmbeddedAws) -> None:
    answer(shell(the("update-stack")))
    assert aws.settled(VPC) == "UPDATE_COMPLETE", aws.reasons(VPC)
    assert endpoints(aws) == {"DynamoDBEndpoint", "S3Endpoint"}


@pytest.mark.usefixtures("older")
@pytest.mark.parametrize("verb", ["delete-change-set", "execute-change-set"])
def test_a_change_set_is_reviewed_and_then_cancelled_or_applied(
    shell: Shell, aws: EmbeddedAws, verb: str
) -> None:
    answer(shell(the("create-change-set") + PREVIOUS))
    seen = answer(shell(the("describe-change-set")))
    assert seen["ExecutionStatus"] == "AVAILABLE"
    (change,) = (one["ResourceChange"] for one in seen["Changes"])
    assert (change["Action"], change["LogicalResourceId"]) == ("Add", "S3Endpoint")
    assert endpoints(aws) == {"DynamoDBEndpoint"}
    answer(shell(the(verb)))
    aws.settled(VPC)
    assert ("S3Endpoint" in endpoints(aws)) is (verb == "execute-change-set")


@pytest.mark.usefixtures("created")
def test_the_delete_commands_leave_no_stack(shell: Shell, aws: EmbeddedAws) -> None:
    for command in those("delete-stack"):
        stack_id = aws.stack(stack(command))["StackId"]
        answer(shell(command))
        assert aws.settled(stack_id) == "DELETE_COMPLETE", (command, aws.reasons(stack_id))
    assert aws.stack_names() == []
