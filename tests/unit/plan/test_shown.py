"""A plan as text, Markdown and JSON, and its exit code."""

from __future__ import annotations

import json

import jsonschema
import pytest

from sentry_oms.executor.report import schema
from sentry_oms.offline.reading import UnknownEnvironment
from sentry_oms.plan import report
from sentry_oms.plan.change import (
    Action,
    Cause,
    Exit,
    Kind,
    NotPlanned,
    ParameterChange,
    Plan,
    PlanResult,
    ResourceChange,
    StackPlan,
    worst_exit,
)
from sentry_oms.plan.command import render, targets
from sentry_oms.plan.markdown import LONGEST, markdown
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
    logical_id="Task", type="AWS::ECS::TaskDefinition", action=Action.REPLACE, certain=False
)
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
        stack("task", Kind.CHANGED, TASK, parameters=(NAMES, ID)),
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
def test_the_exit_code(kinds: list[StackPlan], code: Exit) -> None:
    assert Plan(target="prod", stacks=tuple(kinds)).exit is code


def test_losses_come_first_and_in_red() -> None:
    said = list(lines(FULL))
    assert said[0] == ("replaces or removes state", "bold red")
    assert said[1][1] == "bold red"
    assert said[1][0].strip() == (
        "prod/table replace Table (AWS::DynamoDB::Table, oms_config_prod): TableName"
    )


def test_a_refused_change_is_shown_first() -> None:
    plan = Plan(target="prod", stacks=(stack("secrets", Kind.CHANGED, SECRET),))
    text = render([plan], "text")
    assert text.startswith(
        "CloudFormation will refuse\n"
        "  prod/secrets modify AppSecret (AWS::SecretsManager::Secret): Tags\n"
        "      the stack policy denies Update:Modify\n"
    )
    assert text.endswith(
        "plan prod: 1 stack changes; 1 change refused\n"
        "exit 1: not everything can be planned or applied\n"
    )
    assert "| prod/secrets | AppSecret (AWS::SecretsManager::Secret) | modify | " in render(
        [plan], "markdown"
    )


def test_the_text() -> None:
    text = render([FULL], "text")
    assert "\x1b" not in text
    assert text.index("replaces or removes state") < text.index("replaces or removes\n")
    assert "prod/task may replace Task (AWS::ECS::TaskDefinition)" in text
    assert "Names: + c, - b" in text
    assert "Id: known after prod/vpc" in text
    assert "prod/new is new: 1 resource, rendered only\n    + add 1 AWS::DynamoDB::Table" in text
    assert "prod/old is left out: config says ignore: true" in text
    assert text.endswith(
        "plan prod: 2 stacks change, 1 is new, 1 may change, 1 unchanged, 1 left out; "
        "1 resource with state replaced or removed\nexit 3: changes, and state is lost\n"
    )


def test_what_can_not_be_planned_is_one_line() -> None:
    failed = stack("a", Kind.FAILED, error="it is UPDATE_IN_PROGRESS: wait")
    text = render([Plan(target="prod", stacks=(failed,))], "text")
    assert text.splitlines()[0] == "prod/a: can't be planned: it is UPDATE_IN_PROGRESS: wait"


def test_the_markdown() -> None:
    text = render([FULL], "markdown")
    assert text.startswith("<!-- oms plan prod -->\n")
    assert text.index("Replaces or removes state") < text.index("<details>")
    assert text.count("<details>") == text.count("</details>") == 4
    assert "| prod/table | Table (AWS::DynamoDB::Table) `oms_config_prod` | **replace** |" in text
    assert "Unchanged: prod/vpc" in text


def test_markdown_takes_nothing_for_markup() -> None:
    note = stack("a", Kind.CHANGED, notes=("a | b <img> *c*",))
    assert r"- a \| b \<img\> \*c\*" in render([Plan(target="p", stacks=(note,))], "markdown")


NONE = Plan(target="dev", stacks=(stack("vpc", Kind.UNCHANGED),))
CHANGES = Plan(target="dev", stacks=(stack("vpc", Kind.CHANGED),))
UNCHECKED = NotPlanned("staging", "1 finding: AWS was not asked", ("a.yaml:1 OMS001 no",))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([NONE, NONE], Exit.NO_CHANGE),
        ([CHANGES, NONE], Exit.CHANGES),
        ([CHANGES, FULL, NONE], Exit.LOSES_STATE),
        ([FULL, UNCHECKED], Exit.ERROR),
    ],
)
def test_of_several_the_worst_is_the_exit_code(said: list[PlanResult], code: Exit) -> None:
    assert worst_exit(said) is code


def test_of_several_the_losses_come_before_every_other_change() -> None:
    text = markdown([CHANGES, FULL])
    assert text.startswith("<!-- oms plan dev, prod -->\n### plan dev: 1 stack changes\n")
    assert text.count("Replaces or removes state") == 1
    assert text.index("Replaces or removes state") < text.index("<details>")
    assert text.count("<details>") == 5


def test_what_was_not_planned_at_all_is_said_after_the_losses() -> None:
    text = markdown([UNCHECKED, FULL])
    assert "### plan staging: nothing is known\n\n`exit 1: " in text
    assert "> **staging was not planned: 1 finding: AWS was not asked**\n> - a.yaml" in text
    losses, reason, rest = map(text.index, ("removes state", "was not planned", "<details>"))
    assert losses < reason < rest


def test_a_comment_is_cut_between_stacks_and_says_what_is_left_out() -> None:
    long = [stack(f"s{number}", Kind.CHANGED, notes=("x" * 500,)) for number in range(300)]
    text = markdown([FULL, Plan(target="dev", stacks=tuple(long))])
    assert len(text) <= LONGEST
    assert len(text) > LONGEST - 1_000
    shown = text.count("<details>")
    assert text.count("</details>") == shown
    assert f"{304 - shown} stacks and " in text
    assert "`oms plan prod dev` prints" in text
    assert text.index("removes state") < text.index("<details>") < text.index("**Cut here**")


def test_what_just_fits_is_not_cut() -> None:
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
        (["dev", "prod"], [("dev", None), ("prod", None)]),
    ],
)
def test_words_are_environments_or_a_stack_of_one(
    names: list[str], found: list[tuple[str, str | None]]
) -> None:
    assert targets(ROOT, names) == found


def test_a_word_that_is_no_environment_is_named() -> None:
    with pytest.raises(
        UnknownEnvironment, match="'prd' is not in config: its environments are dev"
    ):
        targets(ROOT, ["dev", "staging", "prd"])


def test_the_json_is_as_its_schema_says() -> None:
    found = json.loads(render([FULL], "json"))
    assert (found["version"], found["exit_code"], found["losses"]) == (1, 3, 1)
    # The installed jsonschema knows no later draft; the schema uses nothing of one.
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    validator.validate(found)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**found, "more": 1})


def test_the_schema_is_fresh() -> None:
    assert SCHEMA.read_text() == schema(report.PlanReport), "make generated"


def test_the_create_only_properties_are_those_of_the_registry() -> None:
    file = ROOT / "sentry_oms" / "cloudformation" / "create_only.json"
    assert file.read_text() == rendered(), "make generated"
