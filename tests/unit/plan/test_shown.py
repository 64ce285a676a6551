"""A plan as text, Markdown and JSON, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sceptre.exceptions import SceptreException

from sentry_oms.executor.report import schema
from sentry_oms.plan import report
from sentry_oms.plan.change import (
    Action,
    Cause,
    Exit,
    Kind,
    NotPlanned,
    Orphan,
    ParameterChange,
    Plan,
    PlanResult,
    ResourceChange,
    StackPlan,
    ValueChange,
    worst_exit,
)
from sentry_oms.plan.command import render, targets
from sentry_oms.plan.markdown import LONGEST, markdown
from sentry_oms.plan.saving import save
from sentry_oms.plan.text import lines
from tests.conftest import ROOT
from tests.create_only import rendered

SCHEMA = ROOT / "docs" / "schemas" / "plan-1.json"
TABLE = ResourceChange(
    logical_id="Table",
    type="AWS::DynamoDB::Table",
    physical_id="oms_config_prod",
    action=Action.REPLACE,
    causes=(Cause(property="TableName"),),
    loss="a new one takes its place, without its rows; the old one stays, unused",
)
TASK = ResourceChange(
    logical_id="Task",
    type="AWS::ECS::TaskDefinition",
    action=Action.REPLACE,
    certain=False,
    values=(
        ValueChange(path="/Cpu", old="256", new="512" + "0" * 200),
        ValueChange(path="/Names", old=None, new="a|b"),
        ValueChange(path="/Role", old="x", new=None),
    ),
)
RULE = ResourceChange(logical_id="Rule", type="AWS::Events::Rule", action=Action.REPLACE)
SECRET = ResourceChange(
    logical_id="AppSecret",
    type="AWS::SecretsManager::Secret",
    action=Action.MODIFY,
    causes=(Cause(property="Tags"),),
    obstacle="the stack policy denies Update:Modify",
)
NAMES = ParameterChange(name="Names", old="a,b", new="a,c")
ID = ParameterChange(name="Id", old="i", new=None, known_after="prod/vpc")


def stack(name: str, kind: Kind, *resources: ResourceChange, **more: object) -> StackPlan:
    return StackPlan.model_validate(
        {"name": f"prod/{name}", "external_name": f"sentry-{name}-prod", "kind": kind}
        | {"resources": resources, **more}
    )


FULL = Plan(
    target="prod",
    stacks=(
        stack("vpc", Kind.UNCHANGED),
        stack("table", Kind.CHANGED, TABLE),
        stack("task", Kind.CHANGED, TASK, RULE, parameters=(NAMES, ID)),
        stack("new", Kind.NEW, TABLE.model_copy(update={"action": Action.ADD, "loss": None})),
        stack("maybe", Kind.MAY_CHANGE, parameters=(ID,)),
        stack("old", Kind.LEFT_OUT, notes=("config says ignore: true",)),
    ),
)


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        ([], Exit.NO_CHANGE),
        ([stack("a", Kind.UNCHANGED), stack("b", Kind.LEFT_OUT)], Exit.NO_CHANGE),
        ([stack("a", Kind.NEW)], Exit.CHANGES),
        ([stack("a", Kind.MAY_CHANGE)], Exit.CHANGES),
        ([stack("a", Kind.CHANGED, TASK)], Exit.CHANGES),
        ([stack("a", Kind.CHANGED, TABLE)], Exit.LOSES_STATE),
        ([stack("a", Kind.CHANGED, SECRET)], Exit.ERROR),
        ([stack("a", Kind.CHANGED, SECRET.model_copy(update={"certain": False}))], Exit.CHANGES),
        ([stack("a", Kind.CHANGED, SECRET, TABLE)], Exit.LOSES_STATE),
        ([stack("a", Kind.CHANGED, TABLE), stack("b", Kind.FAILED, error="no")], Exit.ERROR),
    ],
)
def test_the_exit_code_of_a_plan(kinds: list[StackPlan], code: Exit) -> None:
    assert Plan(target="prod", stacks=tuple(kinds)).exit is code


def shown(plan: Plan, style: str = "text") -> str:
    return render([plan], style)


def test_losses_come_first_and_in_red() -> None:
    (title, style), (first, first_style), *_ = lines(FULL)
    assert (title, style, first_style) == ("replaces or removes state", "bold red", "bold red")
    assert first.strip() == (
        "prod/table replace Table (AWS::DynamoDB::Table, oms_config_prod): TableName"
    )


def test_a_denied_change_comes_first() -> None:
    plan = Plan(target="prod", stacks=(stack("secrets", Kind.CHANGED, SECRET),))
    _, change, obstacle, *_, summary, code = shown(plan).splitlines()
    assert change.strip() == ("prod/secrets modify AppSecret (AWS::SecretsManager::Secret): Tags")
    assert obstacle.strip() == SECRET.obstacle
    assert summary == "plan prod: 1 stack changes; 1 change refused"
    assert code.startswith("exit 1: ")
    row = "| prod/secrets | AppSecret (AWS::SecretsManager::Secret) | modify | "
    assert row in shown(plan, "markdown")


def test_the_text_has_every_change() -> None:
    text = shown(FULL)
    assert "\x1b" not in text
    assert text.index("replaces or removes state") < text.index("replaces or removes\n")
    assert "\n  prod/task replace Rule (AWS::Events::Rule)\n" in text
    assert "Names: + c, - b" in text
    assert "Id: known after prod/vpc" in text
    assert "prod/new is new: 1 resource, rendered only\n    + add 1 AWS::DynamoDB::Table" in text
    assert "prod/old is left out: config says ignore: true" in text
    *_, summary, code = text.splitlines()
    assert summary == (
        "plan prod: 2 stacks change, 1 is new, 1 may change, 1 unchanged, 1 left out; "
        "1 resource with state replaced or removed"
    )
    assert code.startswith("exit 3: ")


def test_a_new_task_definition_is_listed_in_its_stack_only() -> None:
    text = shown(FULL)
    assert "prod/task may replace" not in text
    assert "  -/+ may replace Task (AWS::ECS::TaskDefinition)\n        Cpu: 256 -> 512000" in text


def test_values_are_listed_below_their_resource() -> None:
    long = f"512{'0' * 114}..."
    lines_ = [f"        {one}\n" for one in (f"Cpu: 256 -> {long}", "Names: + a|b", "Role: - x")]
    assert "".join(lines_) in shown(FULL)
    assert r"<br>Names: + a\|b<br>Role: - x |" in shown(FULL, "markdown")
    many = tuple(ValueChange(path=f"/{n}", old=None, new="x") for n in range(12))
    one = stack("a", Kind.CHANGED, RULE.model_copy(update={"values": many}))
    assert "        9: + x\n        2 more values: --format json has all\n" in shown(
        Plan(target="p", stacks=(one,))
    )


def test_stacks_that_are_no_longer_in_config_come_last_with_what_to_do() -> None:
    orphan = Orphan(name="x-old-p", status="CREATE_COMPLETE", state=("T (rows)",), remedy="delete")
    plan = Plan(target="p", stacks=(stack("a", Kind.UNCHANGED),), orphans=(orphan,), notes=("no",))
    assert shown(plan).splitlines() == [
        "no longer in config, and left by a launch",
        "  x-old-p (CREATE_COMPLETE) holds T (rows)",
        "      delete",
        "no",
        "plan p: 1 stack unchanged; 1 stack no longer in config",
        "exit 0: no change",
    ]
    text = shown(plan, "markdown")
    assert "| x-old-p (CREATE_COMPLETE) holds T (rows) | delete |" in text
    assert "> no\n" in text


def test_a_stack_that_cant_be_planned_is_one_line() -> None:
    failed = stack("a", Kind.FAILED, error="it is UPDATE_IN_PROGRESS: wait")
    first = shown(Plan(target="prod", stacks=(failed,))).splitlines()[0]
    assert first == "prod/a: can't be planned: it is UPDATE_IN_PROGRESS: wait"


def test_markdown_is_escaped() -> None:
    note = stack("a", Kind.CHANGED, notes=("a | b <img> *c*",))
    assert r"- a \| b \<img\> \*c\*" in shown(Plan(target="p", stacks=(note,)), "markdown")


NONE = Plan(target="dev", stacks=(stack("vpc", Kind.UNCHANGED),))
CHANGES = Plan(target="dev", stacks=(stack("vpc", Kind.CHANGED),))
UNCHECKED = NotPlanned("staging", "1 finding: AWS was not asked", ("a.yaml:1 OMS001 no",))


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([NONE, NONE], Exit.NO_CHANGE),
        ([CHANGES, NONE], Exit.CHANGES),
        ([CHANGES, FULL, NONE], Exit.LOSES_STATE),
        ([FULL, UNCHECKED], Exit.ERROR),
    ],
)
def test_the_worst_of_several_plans_is_the_exit_code(results: Any, code: Exit) -> None:
    assert worst_exit(results) is code


def test_the_losses_of_several_plans_come_before_other_changes() -> None:
    text = markdown([CHANGES, FULL])
    assert text.startswith("<!-- oms plan dev, prod -->\n### plan dev: 1 stack changes\n")
    assert text.count("Replaces or removes state") == 1
    assert text.index("Replaces or removes state") < text.index("<details>")
    assert text.count("<details>") == 5


def test_an_environment_that_was_not_planned_comes_after_the_losses() -> None:
    text = markdown([UNCHECKED, FULL])
    assert "### plan staging: nothing is known\n\n`exit 1: " in text
    assert "> **staging was not planned: 1 finding: AWS was not asked**\n> - a.yaml" in text
    losses, reason, rest = map(text.index, ("removes state", "was not planned", "<details>"))
    assert losses < reason < rest


def test_a_long_comment_is_cut_between_stacks() -> None:
    long = [stack(f"s{number}", Kind.CHANGED, notes=("x" * 500,)) for number in range(300)]
    text = markdown([FULL, Plan(target="dev", stacks=tuple(long))])
    assert LONGEST - 1_000 < len(text) <= LONGEST
    sections = text.count("<details>")
    assert text.count("</details>") == sections
    assert f"{304 - sections} stacks and " in text
    assert "`oms plan prod dev` prints" in text
    assert text.index("removes state") < text.index("<details>") < text.index("**Cut here**")


def test_a_comment_that_just_fits_is_not_cut() -> None:
    whole = markdown([FULL])
    assert markdown([FULL], len(whole)) == whole
    cut = markdown([FULL], len(whole) - 1)
    assert "**Cut here**" in cut
    assert len(cut) <= len(whole) - 1


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["dev"], [("dev", None)]),
        (["dev", "sqs"], [("dev", "sqs")]),
        (["dev", "staging", "prod"], [("dev", None), ("staging", None), ("prod", None)]),
    ],
)
def test_arguments_are_environments_or_a_stack_of_one(
    names: list[str], found: list[tuple[str, str | None]]
) -> None:
    assert targets(ROOT, names) == found


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(SceptreException, match="'prd' .* dev"):
        targets(ROOT, ["dev", "staging", "prd"])


@pytest.mark.parametrize(
    ("result", "names"),
    [
        (Plan(target="p", stacks=(stack("a", Kind.FAILED, error="no"),)), "prod/a"),
        (UNCHECKED, "staging"),
    ],
)
def test_a_plan_without_all_its_stacks_is_not_saved(
    tmp_path: Path, result: PlanResult, names: str
) -> None:
    with pytest.raises(SceptreException, match=f"no plan is saved, because {names} has none"):
        save(result, tmp_path / "plan.json")
    assert list(tmp_path.iterdir()) == []


def test_the_json_follows_its_schema() -> None:
    found = json.loads(shown(FULL, "json"))
    assert (found["version"], found["exit_code"], found["losses"]) == (1, 3, 1)
    # The installed jsonschema knows no later draft; the schema uses nothing of one.
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    validator.validate(found)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**found, "more": 1})


def test_the_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text() == schema(report.PlanReport), "run `make generated`"


def test_the_create_only_properties_are_the_registrys() -> None:
    file = ROOT / "sentry_oms" / "cloudformation" / "create_only.json"
    assert file.read_text() == rendered(), "run `make generated`"
