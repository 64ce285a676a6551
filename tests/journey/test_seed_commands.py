"""Who types the seed's own command lines into the AWS CLI gets the same 16 stacks.

seed_commands.sh holds them, and says where three things differ. They run as they stand, one after
the other. Since the embedded AWS accepts what AWS refuses, what each create command passes is also
compared with its template here, without running anything.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, EmbeddedAws, template

AWS_CLI = ROOT / ".tools/awscli/bin"
VPC = "sentry-vpc-dev"
SECURITY_GROUP = "sg-0123456789abcdef0"
"""What the alb's stack would answer, where nothing runs."""

STUB = f"""
aws() {{
  if [ "$2" = describe-stacks ]; then echo {SECURITY_GROUP}; else printf '%s\\0' "$@"; fi
}}
"""
"""Stands for the AWS CLI and prints what the shell hands to it."""

MAX_BODY = 51_200
"""Bytes that CloudFormation takes of a template that comes with the request."""

Shell = Callable[[str], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Command:
    """A command line as it stands in seed_commands.sh."""

    text: str

    @property
    def verb(self) -> str:
        return self.text.split()[2]

    @property
    def stack(self) -> str:
        return self.options()["stack-name"][0]

    @property
    def template(self) -> dict[str, Any]:
        return template(self.template_path)

    @property
    def template_path(self) -> str:
        return self.options()["template-body"][0].removeprefix("file://templates/")

    def options(self) -> dict[str, list[str]]:
        """Each option with its values, as the shell hands them to the AWS CLI."""
        done = subprocess.run(
            ["bash", "-c", STUB + self.text], capture_output=True, text=True, check=True
        )
        options: dict[str, list[str]] = {}
        for word in done.stdout.split("\0")[:-1]:
            if word.startswith("--"):
                values = options[word.removeprefix("--")] = []
            elif options:
                values.append(word)
        return options

    def parameters(self) -> dict[str, str]:
        """What the AWS CLI makes of --parameters: a comma ends a value unless escaped."""
        return dict(passed(value) for value in self.options()["parameters"])


def passed(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"ParameterKey=(\w+),ParameterValue=((?:[^,\\]|\\,)*)", text)
    assert match, f"the AWS CLI would not read {text} as one parameter"
    return match[1], match[2].replace("\\,", ",")


def commands() -> list[Command]:
    text = Path(__file__).with_name("seed_commands.sh").read_text()
    return [Command(found) for found in re.findall(r"^aws (?:.*\\\n)*.*$", text, re.MULTILINE)]


def those(verb: str) -> list[Command]:
    return [command for command in commands() if command.verb == verb]


def the(verb: str) -> Command:
    (command,) = those(verb)
    return command


def short(stack: str) -> str:
    return stack.removeprefix("sentry-").removesuffix("-dev")


CREATES = {short(command.stack): command for command in those("create-stack")}

each_create = pytest.mark.parametrize("command", CREATES.values(), ids=CREATES.keys())


def test_every_stack_of_dev_has_its_create_command_and_its_delete_command() -> None:
    stacks = {file.stem for file in (ROOT / "config/dev").glob("*.yaml")} - {"config"}
    assert [short(command.stack) for command in those("create-stack")] == list(CREATES)
    assert CREATES.keys() == stacks
    assert sorted(short(command.stack) for command in those("delete-stack")) == sorted(stacks)


# Compared without the embedded AWS.


def objections(parameter: dict[str, Any], value: str) -> list[str]:
    """Why CloudFormation would refuse a value of a parameter, which it does item by item."""
    items = value.split(",") if parameter["Type"] == "CommaDelimitedList" else [value]
    found = []
    for item in items:
        if not re.fullmatch(parameter.get("AllowedPattern", ".*"), item):
            found.append(f"{item!r} does not match {parameter['AllowedPattern']}")
        if item not in parameter.get("AllowedValues", [item]):
            found.append(f"{item!r} is none of {parameter['AllowedValues']}")
        if len(item) < int(parameter.get("MinLength", 0)):
            found.append(f"{item!r} is shorter than {parameter['MinLength']}")
        if len(item) > int(parameter.get("MaxLength", 4096)):
            found.append(f"{item!r} is longer than {parameter['MaxLength']}")
    return found


def required(body: dict[str, Any]) -> set[str]:
    return {key for key, parameter in body["Parameters"].items() if "Default" not in parameter}


def needed_capability(body: dict[str, Any]) -> str | None:
    """What CloudFormation wants acknowledged before it takes the template."""
    if "Transform" in body or '"Fn::Transform"' in json.dumps(body):
        return "CAPABILITY_AUTO_EXPAND"
    identities = [one for one in body["Resources"].values() if "::IAM::" in one["Type"]]
    named = {"RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"}
    if any(named & one.get("Properties", {}).keys() for one in identities):
        return "CAPABILITY_NAMED_IAM"
    return "CAPABILITY_IAM" if identities else None


@each_create
def test_every_parameter_that_is_passed_exists_and_takes_the_value(command: Command) -> None:
    declared = command.template["Parameters"]
    assert command.parameters().keys() <= declared.keys()
    for key, value in command.parameters().items():
        assert objections(declared[key], value) == [], key


@each_create
def test_no_required_parameter_is_missing(command: Command) -> None:
    assert required(command.template) <= command.parameters().keys()


@each_create
def test_the_capabilities_are_enough(command: Command) -> None:
    granted = {None, *command.options().get("capabilities", [])}
    assert needed_capability(command.template) in granted


def test_no_template_other_than_a_cluster_or_a_pipeline_needs_a_capability() -> None:
    needs = {name: needed_capability(command.template) for name, command in CREATES.items()}
    for name, capability in needs.items():
        roles = name.startswith(("cluster-", "pipeline-"))
        assert capability == ("CAPABILITY_NAMED_IAM" if roles else None), name


@each_create
def test_the_template_fits_into_the_request(command: Command) -> None:
    assert (ROOT / "templates" / command.template_path).stat().st_size <= MAX_BODY


def test_a_security_group_has_to_take_the_place_of_the_seeds_placeholder() -> None:
    declared = CREATES["cluster-gateway"].template["Parameters"]["ALBSecurityGroupId"]
    assert objections(declared, "sg-xxx") == [
        f"'sg-xxx' does not match {declared['AllowedPattern']}"
    ]
    assert objections(declared, SECURITY_GROUP) == []


def test_the_seeds_change_set_lacks_a_parameter_that_has_no_default() -> None:
    assert "parameters" not in the("create-change-set").options()
    assert required(the("create-change-set").template) == {"Environment"}


# Run on the embedded AWS, each test on what the one before left.


@pytest.fixture(scope="module")
def shell(aws: EmbeddedAws) -> Shell:
    """Runs a command line where a person would: in the repository's root."""
    assert (AWS_CLI / "aws").exists(), "`make test` sets up the AWS CLI"
    environ = {
        **aws.environ,
        "PATH": f"{AWS_CLI}{os.pathsep}{os.environ['PATH']}",
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


@pytest.fixture(scope="module")
def created(shell: Shell, aws: EmbeddedAws) -> dict[str, str]:
    """What became of each create command, run in the seed's order: a status, or why none."""
    became = {}
    for name, command in CREATES.items():
        done = shell(command.text)
        if done.returncode:
            became[name] = done.stderr
            continue
        became[name] = aws.settled(command.stack)
        if became[name] != "CREATE_COMPLETE":
            became[name] += f": {aws.reasons(command.stack)}"
    return became


@pytest.fixture
def older(created: dict[str, str], aws: EmbeddedAws) -> None:
    """The VPC as it was before its S3 endpoint, so that the template of today changes it."""
    assert created["vpc"] == "CREATE_COMPLETE"
    if "S3Endpoint" in endpoints(aws):
        body = template("networking/vpc-nonprod.json")
        del body["Resources"]["S3Endpoint"]
        assert aws.deploy(VPC, body, Environment="dev") == "UPDATE_COMPLETE", aws.reasons(VPC)


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


def endpoints(aws: EmbeddedAws) -> set[str]:
    found = aws.client("cloudformation").describe_stack_resources(StackName=VPC)["StackResources"]
    return {
        one["LogicalResourceId"] for one in found if one["ResourceType"] == "AWS::EC2::VPCEndpoint"
    }


@each_create
def test_a_create_command_reaches_create_complete(
    command: Command, created: dict[str, str]
) -> None:
    assert created[short(command.stack)] == "CREATE_COMPLETE"


@each_create
@pytest.mark.usefixtures("created")
def test_the_parameters_arrive_as_they_were_compared(command: Command, aws: EmbeddedAws) -> None:
    arrived = {
        one["ParameterKey"]: one["ParameterValue"] for one in aws.stack(command.stack)["Parameters"]
    }
    group = aws.outputs("sentry-alb-dev")["ALBSecurityGroupId"]
    assert {key: arrived[key] for key in command.parameters()} == {
        key: group if value == SECURITY_GROUP else value
        for key, value in command.parameters().items()
    }


@pytest.mark.parametrize("name", ["cluster-gateway", "cluster-oms"])
@pytest.mark.usefixtures("created")
def test_the_aws_cli_itself_refuses_the_seeds_quoting_of_a_list(name: str, shell: Shell) -> None:
    done = shell(CREATES[name].text.replace("\\,", ","))
    assert done.returncode != 0
    assert "Parameter validation failed" in done.stderr
    assert "valid types: <class 'str'>" in done.stderr


def test_the_describe_commands_show_status_events_and_outputs(
    created: dict[str, str], shell: Shell, aws: EmbeddedAws
) -> None:
    assert created["vpc"] == "CREATE_COMPLETE"
    status, outputs = (answer(shell(command.text)) for command in those("describe-stacks"))
    assert status == "CREATE_COMPLETE"
    assert {one["OutputKey"]: one["OutputValue"] for one in outputs} == aws.outputs(VPC)
    events = answer(shell(the("describe-stack-events").text))
    assert len(events) == 5
    assert events[0]["LogicalResourceId"] == VPC
    assert events[0]["ResourceStatus"] == "CREATE_COMPLETE"


def test_the_update_command_has_nothing_to_do_after_the_create_command(
    created: dict[str, str], shell: Shell, aws: EmbeddedAws
) -> None:
    assert created["vpc"] == "CREATE_COMPLETE"
    done = shell(the("update-stack").text)
    assert done.returncode != 0
    assert "No updates are to be performed." in done.stderr
    assert aws.stack(VPC)["StackStatus"] == "CREATE_COMPLETE"


def test_the_change_set_command_as_it_stands_is_refused_for_want_of_environment(
    created: dict[str, str], shell: Shell, aws: EmbeddedAws
) -> None:
    assert created["vpc"] == "CREATE_COMPLETE"
    done = shell(the("create-change-set").text)
    assert done.returncode != 0
    assert "ValidationError" in done.stderr
    assert "Environment" in done.stderr
    assert aws.client("cloudformation").list_change_sets(StackName=VPC)["Summaries"] == []


@pytest.mark.usefixtures("older")
def test_the_update_command_brings_an_older_stack_to_the_template(
    shell: Shell, aws: EmbeddedAws
) -> None:
    assert endpoints(aws) == {"DynamoDBEndpoint"}
    answer(shell(the("update-stack").text))
    assert aws.settled(VPC) == "UPDATE_COMPLETE", aws.reasons(VPC)
    assert endpoints(aws) == {"DynamoDBEndpoint", "S3Endpoint"}


PREVIOUS = " --parameters ParameterKey=Environment,UsePreviousValue=true"
"""What the seed's change set lacks."""


def reviewed(shell: Shell) -> list[tuple[str, str]]:
    """Create the change set and look at it: what it would do to which resource."""
    answer(shell(the("create-change-set").text + PREVIOUS))
    seen = answer(shell(the("describe-change-set").text))
    assert (seen["Status"], seen["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    changes = [change["ResourceChange"] for change in seen["Changes"]]
    return [(change["Action"], change["LogicalResourceId"]) for change in changes]


@pytest.mark.usefixtures("older")
def test_a_change_set_that_is_cancelled_changes_nothing(shell: Shell, aws: EmbeddedAws) -> None:
    assert reviewed(shell) == [("Add", "S3Endpoint")]
    answer(shell(the("delete-change-set").text))
    gone = shell(the("describe-change-set").text)
    assert gone.returncode != 0
    assert "ChangeSetNotFound" in gone.stderr
    assert endpoints(aws) == {"DynamoDBEndpoint"}


@pytest.mark.usefixtures("older")
def test_a_change_set_that_is_reviewed_and_applied_does_what_it_showed(
    shell: Shell, aws: EmbeddedAws
) -> None:
    assert reviewed(shell) == [("Add", "S3Endpoint")]
    assert endpoints(aws) == {"DynamoDBEndpoint"}
    answer(shell(the("execute-change-set").text))
    assert aws.settled(VPC) == "UPDATE_COMPLETE", aws.reasons(VPC)
    assert endpoints(aws) == {"DynamoDBEndpoint", "S3Endpoint"}


def test_the_delete_commands_in_the_seeds_order_leave_no_stack(
    created: dict[str, str], shell: Shell, aws: EmbeddedAws
) -> None:
    assert set(created.values()) == {"CREATE_COMPLETE"}
    for command in those("delete-stack"):
        stack_id = aws.stack(command.stack)["StackId"]
        answer(shell(command.text))
        assert aws.settled(stack_id) == "DELETE_COMPLETE", (command.stack, aws.reasons(stack_id))
    assert aws.stack_names() == []
