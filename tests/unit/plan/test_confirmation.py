"""The question before stacks are written."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from sentry_oms.plan.change import Action, Kind, Plan, ResourceChange, StackPlan
from sentry_oms.plan.confirmation import ask


def changes(kind: Kind, loss: str | None = None) -> Plan:
    one = ResourceChange(logical_id="T", type="T", action=Action.REMOVE, loss=loss)
    stack = StackPlan(name="dev/a", external_name="a", kind=kind, resources=(one,), error="no")
    return Plan(target="dev/a", stacks=(stack,))


@pytest.mark.parametrize(
    ("plan", "question", "answer"),
    [
        (changes(Kind.CHANGED), "Do you want to launch 'dev/a' [y/N]: ", "y"),
        (changes(Kind.CHANGED, "gone"), "State is lost. To launch 'dev/a', type dev: ", "dev"),
        (changes(Kind.FAILED), "State may be lost. To launch 'dev/a', type dev: ", "dev"),
    ],
)
def test_only_the_right_answer_goes_on(plan: Plan, question: str, answer: str) -> None:
    for typed in (answer, "n", ""):
        console = Console(record=True)
        with CliRunner().isolation(input=f"{typed}\n") as (out, *_):
            if typed == answer:
                ask("launch", plan, console)
            else:
                with pytest.raises(click.Abort):
                    ask("launch", plan, console)
            assert question in out.getvalue().decode()


def test_a_deletion_groups_the_state_that_it_loses() -> None:
    one = ResourceChange(logical_id="Q", type="Queue", action=Action.REMOVE, loss="gone")
    stack = StackPlan(name="dev/a", external_name="a", kind=Kind.CHANGED, resources=(one, one))
    console = Console(record=True)
    with CliRunner().isolation(input="dev\n"):
        ask("delete", Plan(target="dev", stacks=(stack,)), console)
    assert console.export_text() == "removes state\n  dev/a 2 Queue: gone\n"
