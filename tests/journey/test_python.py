"""Several commands in one Python process, as Sceptre's MCP server runs them."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from botocore.exceptions import ClientError
from sceptre.context import SceptreContext
from sceptre.exceptions import SceptreException, StackDoesNotExistError
from sceptre.hooks import Hook
from sceptre.plan.plan import SceptrePlan

from sentry_oms.executor.caller import ConfigFindings
from tests.conftest import EmbeddedAws, Project

QUEUE = {
    "Parameters": {"Seconds": {"Type": "String"}},
    "Resources": {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"VisibilityTimeout": {"Ref": "Seconds"}},
        }
    },
    "Outputs": {"Seconds": {"Value": {"Ref": "Seconds"}}},
}
FILES = {
    "templates/queue.json": json.dumps(QUEUE),
    "config/g/a.yaml": "parameters: {Seconds: '1'}\n",
    "config/g/b.yaml": "parameters: {Seconds: !stack_output g/a.yaml::Seconds}\n",
}
pytestmark = pytest.mark.usefixtures("in_process")
EXECUTORS = pytest.mark.parametrize("project", ["ready_queue", None], indirect=True)


@pytest.fixture
def project(tmp_path: Path, aws: EmbeddedAws, request: pytest.FixtureRequest) -> Iterator[Project]:
    """Two stacks, of which b passes an output of a; the parameter is the executor."""
    executor = getattr(request, "param", "ready_queue")
    config = {"project_code": "x", "region": "us-east-1", "template": {"path": "queue.json"}}
    config |= {"executor": executor} if executor else {}
    made = Project(tmp_path, {}, {**FILES, "config/config.yaml": json.dumps(config)})
    yield made
    aws.control()
    for name in aws.stack_names():
        aws.delete(name)


def plan(project: Project, path: str = "g") -> SceptrePlan:
    return SceptrePlan(SceptreContext(str(project.directory), path))


def statuses(responses: dict[Any, Any]) -> dict[str, str]:
    return {stack.name: str(getattr(one, "value", one)) for stack, one in responses.items()}


COMPLETE = {"g/a": "complete", "g/b": "complete"}


@EXECUTORS
def test_a_second_launch_passes_the_new_output(project: Project, aws: EmbeddedAws) -> None:
    for seconds in ("1", "2", "3"):
        (project.directory / "config/g/a.yaml").write_text(
            f"parameters: {{Seconds: '{seconds}'}}\n"
        )
        assert statuses(plan(project).launch()) == COMPLETE
        assert aws.outputs("x-g-b") == {"Seconds": seconds}


@EXECUTORS
def test_a_second_command_sees_what_others_did(project: Project, aws: EmbeddedAws) -> None:
    plan(project).launch()
    assert statuses(plan(project).get_status())["g/b"] == "CREATE_COMPLETE"
    aws.delete("x-g-b")
    assert statuses(plan(project).get_status())["g/b"] == "PENDING"
    (b,) = [stack for stack in plan(project).graph if stack.name == "g/b"]
    assert b.parameters == {"Seconds": "1"}
    aws.deploy("x-g-a", QUEUE, Seconds="3")
    (b,) = [stack for stack in plan(project).graph if stack.name == "g/b"]
    assert b.parameters == {"Seconds": "3"}


class Act(Hook):
    """Calls a function, which is its argument."""

    def run(self) -> None:
        self.argument()


def hooked(project: Project, stack: str, point: str, *hooks: Hook) -> SceptrePlan:
    """Return a plan in which a stack has hooks at a point."""
    made = plan(project)
    (one,) = [each for each in made.graph if each.name == stack]
    one.hooks = {point: list(hooks)}
    return made


@pytest.mark.parametrize(
    ("command", "point", "existed", "statuses_after"),
    [
        ("launch", "before_launch", False, {"UPDATE_COMPLETE"}),
        ("launch", "before_launch", True, {"CREATE_COMPLETE"}),
        ("delete", "before_delete", False, set()),
        ("create_change_set", "before_create_change_set", False, {"CREATE_COMPLETE"}),
    ],
    ids=["launch creates", "launch deletes", "delete creates", "change set creates"],
)
@EXECUTORS
def test_a_hook_before_an_operation_creates_or_deletes_the_stack(
    project: Project,
    aws: EmbeddedAws,
    command: str,
    point: str,
    existed: bool,
    statuses_after: set[str],
) -> None:
    if existed:
        aws.deploy("x-g-a", QUEUE, Seconds="9")

    def act() -> None:
        if existed:
            aws.delete("x-g-a")
        else:
            aws.deploy("x-g-a", QUEUE, Seconds="9")

    made = hooked(project, "g/a", point, Act(act))
    made.command_stacks = {one for one in made.graph if one.name == "g/a"}
    getattr(made, command)(*(["review"] if "change_set" in command else []))
    found = {aws.status(name) for name in aws.stack_names() if name == "x-g-a"}
    assert found == statuses_after
    if "change_set" in command:
        (one,) = aws.client("cloudformation").list_change_sets(StackName="x-g-a")["Summaries"]
        assert one["Status"] == "CREATE_COMPLETE"


def test_a_hook_after_an_operation_changes_what_dependents_get(
    project: Project, aws: EmbeddedAws
) -> None:
    change = Act(lambda: aws.deploy("x-g-a", QUEUE, Seconds="7"))
    assert statuses(hooked(project, "g/a", "after_launch", change).launch()) == COMPLETE
    assert aws.outputs("x-g-b") == {"Seconds": "7"}


ROLE = {
    "Parameters": {"Name": {"Type": "String"}},
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": {"Ref": "Name"},
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {"AWS": "*"},
                        }
                    ],
                },
            },
        }
    },
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
}


@pytest.mark.parametrize("setting", ["sceptre_role", "cloudformation_service_role"])
@EXECUTORS
def test_a_role_of_the_same_launch_is_used(project: Project, setting: str) -> None:
    (project.directory / "templates/role.json").write_text(json.dumps(ROLE))
    role = "template: {path: role.json}\nparameters: {Name: NAME}\n"
    (project.directory / "config/g/a.yaml").write_text(role.replace("NAME", "one"))
    use = f"parameters: {{Seconds: '1'}}\n{setting}: !stack_output g/a.yaml::Arn\n"
    (project.directory / "config/g/b.yaml").write_text(use)
    if setting == "sceptre_role":
        with pytest.raises(StackDoesNotExistError, match="x-g-a"):
            plan(project, "g/b").get_status()
    for name in ("one", "two"):
        (project.directory / "config/g/a.yaml").write_text(role.replace("NAME", name))
        made = plan(project)
        assert statuses(made.launch()) == COMPLETE
        (b,) = [stack for stack in made.graph if stack.name == "g/b"]
        assert getattr(b, setting).endswith(f"role/{name}")
    assert statuses(plan(project).delete()) == COMPLETE


def test_a_program_is_told_by_results_and_exceptions_alone(
    project: Project, aws: EmbeddedAws, capfd: pytest.CaptureFixture[str]
) -> None:
    # A server may be a command of click, too.
    with click.Context(click.Command("server"), obj={}):
        assert statuses(plan(project).launch()) == COMPLETE
        project.edit("config/g/a.yaml", "Seconds", "Secnds")
        before = aws.stack("x-g-a")
        with pytest.raises(ConfigFindings) as raised:
            plan(project).launch()
    assert isinstance(raised.value, SceptreException)
    first, *_, last = str(raised.value).splitlines()
    assert first.startswith("config/g/a.yaml:1 OMS")
    assert last.startswith("1 finding: nothing was changed")
    assert aws.stack("x-g-a") == before
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_is_a_keyboard_interrupt(project: Project, aws: EmbeddedAws) -> None:
    main = threading.main_thread().ident or 0
    interrupt = Act(lambda: signal.pthread_kill(main, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        hooked(project, "g/a", "before_launch", interrupt).launch()
    assert aws.status("x-g-a") == "CREATE_COMPLETE"


@EXECUTORS
def test_an_absent_stack_is_answered_as_sceptre_does(project: Project) -> None:
    absent = {"DetectionStatus": "STACK_DOES_NOT_EXIST", "StackDriftStatus": "STACK_DOES_NOT_EXIST"}
    assert list(plan(project).drift_detect().values()) == [absent, absent]
    shown = ("STACK_DOES_NOT_EXIST", {"StackResourceDriftStatus": "STACK_DOES_NOT_EXIST"})
    assert list(plan(project).drift_show(True).values()) == [shown, shown]
    with pytest.raises(ClientError, match=r"UpdateStack .* \[x-g-a\] does not exist"):
        plan(project, "g/a").update()
    for command in ("describe", "describe_outputs"):
        with pytest.raises(ClientError, match="x-g-a does not exist"):
            getattr(plan(project, "g/a"), command)()


def test_every_other_failure_is_logged(
    project: Project, aws: EmbeddedAws, caplog: pytest.LogCaptureFixture
) -> None:
    (project.directory / "config/g/b.yaml").write_text("parameters: {Seconds: '1'}\n")
    refusal = {"action": "CreateStack", "code": "ValidationError", "times": 2}
    aws.control(faults=[{**refusal, "message": "not now"}])
    with pytest.raises(ClientError, match="not now"):
        plan(project).launch()
    assert "g/b: An error occurred (ValidationError)" in caplog.text
