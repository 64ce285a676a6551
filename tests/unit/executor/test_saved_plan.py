"""The basis of a saved plan, and differences that refuse its launch."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sceptre.exceptions import SceptreException

from sentry_oms.aws.view import View
from sentry_oms.executor.basis import Basis, Deployed, config_digest, digest, digests
from sentry_oms.executor.run import READS
from sentry_oms.executor.saved_plan import PlanToKeep, SavedPlan, plan_to_keep
from sentry_oms.offline.reading import read_environment
from sentry_oms.offline.stack_file import StackFile

Edit = Callable[[Path, Any], None]
"""Changes the project, or the description on AWS."""

TEMPLATE = {
    "Parameters": {
        "Delay": {"Type": "String"},
        "Names": {"Type": "CommaDelimitedList"},
        "Token": {"Type": "String", "NoEcho": True},
        "Table": {"Type": "String"},
    },
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
}
FILE = """template: {path: queue.json}
stack_timeout: 5
parameters:
  Delay: 1
  Names: [a, b]
  Token: hunter-2
  Table: !environment_variable TABLE
"""
VALUES = {"Delay": "1", "Names": "a,b", "Token": "hunter-2", "Table": None}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in {
        "config/config.yaml": '{"project_code": "x", "region": "us-east-1"}',
        "config/g/a.yaml": FILE,
        "templates/queue.json": json.dumps(TEMPLATE),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def described(**more: str) -> dict[str, Any]:
    return {"StackId": "arn", "StackStatus": "CREATE_COMPLETE", "CreationTime": "1", **more}


def file_of(project: Path) -> StackFile:
    (file,) = read_environment(project, "g").stacks
    return file


def basis(project: Path) -> Basis:
    file = file_of(project)
    return Basis(
        name=file.name,
        config=config_digest(file.stack),
        template=digest(file.rendering.body),
        parameters=digests(VALUES, {"Token"}),
        deployed=Deployed.of(described()),
    )


def edit(path: str, old: str, new: str) -> Edit:
    def apply(project: Path, _: Any) -> None:
        file = project / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return apply


def on_aws(**more: str) -> Edit:
    return lambda _, description: description.update(more)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda *_: None, []),
        (edit("config/g/a.yaml", "Delay: 1", "Delay: 2"), ["parameter Delay of g/a"]),
        (edit("config/g/a.yaml", "[a, b]", "[a, c]"), ["parameter Names of g/a"]),
        (edit("config/g/a.yaml", "hunter-2", "hunter-3"), ["parameter Token of g/a"]),
        (edit("config/g/a.yaml", "TABLE", "TABLES"), ["config of g/a"]),
        (edit("config/g/a.yaml", "stack_timeout: 5", "stack_timeout: 6"), ["config of g/a"]),
        (edit("config/config.yaml", "{", '{"stack_tags": {"a": "b"}, '), ["config of g/a"]),
        (edit("templates/queue.json", "Queue", "Q"), ["template of g/a"]),
        (on_aws(LastUpdatedTime="2"), ["g/a on AWS"]),
        (on_aws(StackStatus="UPDATE_COMPLETE"), ["g/a on AWS"]),
        (on_aws(StackId="another"), ["g/a on AWS"]),
    ],
)
def test_a_change_since_the_plan_is_named(project: Path, change: Edit, found: list[str]) -> None:
    before, description = basis(project), described()
    change(project, description)
    assert list(before.changed_before(file_of(project), description)) == found


def test_a_stack_that_was_deleted_or_created_since_is_named(project: Path) -> None:
    one = basis(project)
    assert list(one.changed_before(file_of(project), None)) == ["g/a on AWS"]
    new = one.model_copy(update={"deployed": None})
    assert list(new.changed_before(file_of(project), None)) == []
    assert list(new.changed_before(file_of(project), described())) == ["g/a on AWS"]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, []),
        ({"Table": "known only now"}, []),
        ({"Delay": "2"}, ["parameter Delay of g/a"]),
        ({"More": "x"}, ["parameter More of g/a"]),
        ({"Token": None}, ["parameter Token of g/a"]),
    ],
)
def test_resolved_values_are_compared_unless_the_plan_did_not_know_them(
    project: Path, values: dict[str, str | None], found: list[str]
) -> None:
    now = {name: one for name, one in {**VALUES, "Table": "t", **values}.items() if one}
    body = file_of(project).rendering.body
    assert list(basis(project).changed_at_turn(body, now, described())) == found
    assert list(basis(project).changed_at_turn(body, now, None)) == found
    assert list(basis(project).changed_at_turn("{}", now, None)) == ["template of g/a", *found]


def test_secrets_are_not_kept_and_short_ones_get_a_salt(project: Path) -> None:
    first, second = basis(project), basis(project)
    assert "hunter" not in first.model_dump_json()
    assert digest("hunter-2") not in first.model_dump_json()
    assert first.parameters["Token"] != second.parameters["Token"]
    assert first.parameters["Delay"] == second.parameters["Delay"]


def test_another_set_of_stacks_is_refused(project: Path) -> None:
    saved = SavedPlan(target="g", plan={}, stacks=(basis(project),))
    gone = [saved.stacks[0].model_copy(update={"name": f"g/{n}"}) for n in range(7)]
    (project / "config/g/b.yaml").write_text("template: {path: queue.json}")
    with pytest.raises(SceptreException) as raised:
        PlanToKeep("p.json", saved.model_copy(update={"stacks": tuple(gone)})).check(
            [file.stack for file in read_environment(project, "g").stacks], View()
        )
    message = str(raised.value)
    assert "changed: g/0, g/1, g/2, g/3, g/4 and 2 more, which this launch leaves out, " in message
    assert "g/a, g/b, of which it has no plan. Plan again: oms plan g --save p.json" in message


def test_an_unresolved_tag_is_left_to_sceptre(project: Path) -> None:
    one = file_of(project).stack
    kept = PlanToKeep("p.json", SavedPlan(target="g", plan={}, stacks=()))
    kept.check_turn(one, View(), writes_first=True)


@pytest.mark.parametrize(
    ("command", "content", "message"),
    [
        ("launch", None, "OMS_PLAN: FILE can't be read: "),
        ("launch", "{}", "OMS_PLAN: FILE is no plan of this version: oms plan ENV --save FILE"),
        ("delete", "{}", "OMS_PLAN: only sceptre launch takes a plan: unset OMS_PLAN"),
    ],
)
def test_a_file_without_a_plan_and_other_commands_are_refused(
    tmp_path: Path, command: str, content: str | None, message: str
) -> None:
    file = tmp_path / "plan.json"
    if content:
        file.write_text(content)
    with pytest.raises(SceptreException) as raised:
        plan_to_keep(command, {"OMS_PLAN": str(file)}, READS)
    assert str(raised.value).replace(str(file), "FILE").startswith(message)


def test_commands_that_read_need_no_plan() -> None:
    assert plan_to_keep("get_status", {"OMS_PLAN": "nowhere"}, READS) is None
    assert plan_to_keep("launch", {}, READS) is None
