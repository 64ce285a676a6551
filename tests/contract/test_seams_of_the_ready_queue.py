"""The seams that the ready queue turns on beside the executor: hooks, text, diff, question."""

from __future__ import annotations

import inspect
import io
import logging
from contextlib import nullcontext
from importlib import import_module
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest.mock import Mock

import click
import pytest
from sceptre import hooks
from sceptre.cli import diff, helpers
from sceptre.hooks import Hook, add_stack_hooks
from sceptre.plan import plan
from sceptre.plan.executor import SceptrePlanExecutor

from sentry_oms.aws.view import VIEW, StackKey
from sentry_oms.executor import run
from sentry_oms.plan import confirmation as plan_confirmation
from sentry_oms.seams import confirmation, hooks_effects, install, short_diff, text_output
from tests.unit.tags import stack


@pytest.fixture(autouse=True)
def installed() -> None:
    install()


class Act(Hook):
    """A hook of another project, which calls its argument."""

    def run(self) -> None:
        self.argument()


class OurAct(Act):
    """A hook of this project."""

    __module__ = "hooks.our_act"


class TestHooksEffects:
    COMPLETE: ClassVar = {"StackStatus": "CREATE_COMPLETE"}

    def seen_after(self, *point: Any) -> Any:
        """Return what the view still knows of a stack after a hook point."""
        one = stack("dev/vpc")
        one.hooks = {"before_launch": list(point)}
        with VIEW.command():
            VIEW.see(StackKey.of(one), self.COMPLETE)
            add_stack_hooks(self.launch)(SimpleNamespace(stack=one))
            return VIEW.seen(StackKey.of(one))

    def launch(self, _: Any) -> None:
        """Do what Sceptre does between the hooks before and after a launch."""

    def test_sceptre_runs_our_function_at_each_point(self) -> None:
        ran: list[int] = []
        self.seen_after(Act(lambda: ran.append(1)), "no hook", OurAct(lambda: ran.append(2)))
        assert ran == [1, 2]

    @pytest.mark.parametrize(
        ("point", "expected"),
        [([], COMPLETE), ([OurAct(list)], COMPLETE), ([OurAct(list), Act(list)], None)],
        ids=["no hook", "ours", "another project's"],
    )
    def test_only_a_hook_of_another_project_empties_the_view(
        self, point: list[Hook], expected: Any
    ) -> None:
        assert self.seen_after(*point) == expected

    def test_a_hook_sees_what_the_one_before_it_did(self) -> None:
        key = StackKey("x", "us-east-1", None, None)
        found: list[Any] = []
        with VIEW.command():
            VIEW.see(key, self.COMPLETE)
            look = OurAct(lambda: found.append(VIEW.seen(key)))
            hooks.execute_hooks([look, Act(list), look])
        assert found == [self.COMPLETE, None]

    def test_a_failed_hook_empties_the_view(self) -> None:
        key = StackKey("x", "us-east-1", None, None)
        with VIEW.command():
            VIEW.see(key, self.COMPLETE)
            with pytest.raises(ZeroDivisionError):
                hooks.execute_hooks([Act(lambda: 1 // 0)])
            assert VIEW.seen(key) is None

    def test_another_signature_is_named(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(hooks_effects, "_original", self.launch)
        monkeypatch.setattr(hooks, "execute_hooks", self.launch)
        with caplog.at_level(logging.WARNING, "sceptre"):
            hooks_effects.install()
        assert hooks.execute_hooks == self.launch
        assert "another sceptre.hooks.execute_hooks" in caplog.text


class TestPrinted:
    """The functions that Sceptre's commands call to print."""

    @pytest.fixture(params=[text_output, short_diff], ids=["text", "diff"])
    def seam(self, request: pytest.FixtureRequest) -> Any:
        return request.param

    def place(self, seam: Any) -> tuple[Any, str]:
        return (helpers, "_generate_text") if seam is text_output else (diff, "output_diffs")

    def test_sceptre_calls_our_function(self, seam: Any) -> None:
        module, name = self.place(seam)
        caller = helpers.write if seam is text_output else diff.diff_command.callback
        assert f"{name}(" in inspect.getsource(inspect.unwrap(caller))
        assert getattr(module, name) is getattr(seam, name.lstrip("_"))

    def test_another_signature_is_named(
        self, seam: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        module, name = self.place(seam)
        monkeypatch.setattr(seam, "_original", self.place)
        monkeypatch.setattr(module, name, self.place)
        with caplog.at_level(logging.WARNING, "sceptre"):
            seam.install()
        assert getattr(module, name) == self.place
        assert f"another {module.__name__}.{name}" in caplog.text

    @pytest.mark.parametrize("requested", [{}, {"executor": "ready_queue"}], ids=["stock", "ours"])
    def test_only_projects_with_the_ready_queue_get_it(
        self, requested: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = stack("dev/vpc")
        one.stack_group_config = requested
        monkeypatch.setattr(SceptrePlanExecutor, "execute", lambda *_: {})
        monkeypatch.setattr(run, "execute", lambda *_: {})
        with click.Context(click.Command("list"), obj={}):
            plan.SceptrePlanExecutor("describe_outputs", [{one}], None).execute()
            said = helpers._generate_text([{"dev/vpc": [{"OutputKey": "A", "OutputValue": "1"}]}])
            with pytest.raises(ValueError, match="max") if not requested else nullcontext():
                assert diff.output_diffs([], Mock(), io.StringIO(), "text") == 0
        assert ("dev/vpc  A" in said) is bool(requested)
        assert ("dev/vpcA1" in said) is not bool(requested)


class TestConfirmation:
    """Sceptre asks, and in our projects the changes are shown before."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
        """The questions of Sceptre and ours."""
        found: list[tuple[Any, ...]] = []
        one = stack("dev/vpc")
        one.stack_group_config = {"executor": "ready_queue"}
        one.ignore = one.obsolete = False
        old = stack("dev/old")
        old.stack_group_config, old.ignore, old.obsolete = {}, False, True
        monkeypatch.setattr(helpers, "confirmation", lambda *given: found.append(given))
        monkeypatch.setattr(plan_confirmation, "ask", lambda *given: found.append(given[:2]))
        monkeypatch.setattr(plan_confirmation, "review", lambda *given: given)
        monkeypatch.setattr(confirmation, "_stacks", lambda *_: [one, old])
        return found

    def ask(self, *arguments: Any) -> None:
        with click.Context(click.Command("launch"), obj={}):
            confirmation.confirmation(*arguments)

    @pytest.mark.parametrize("command", ["launch", "update", "delete"])
    def test_sceptres_commands_ask_through_our_question(self, command: str) -> None:
        module = import_module(f"sceptre.cli.{command}")
        assert vars(module)["confirmation"] is confirmation.confirmation
        assert " confirmation(" in inspect.getsource(module)
        given = list(inspect.signature(helpers.confirmation).parameters)
        assert given == list(inspect.signature(confirmation.confirmation).parameters)

    @pytest.mark.parametrize(
        ("command", "written", "deleted"),
        [
            ("launch", ["dev/vpc"], []),
            ("launch --prune", ["dev/vpc"], ["dev/old"]),
            ("delete", [], ["dev/vpc", "dev/old"]),
        ],
    )
    def test_the_changes_are_shown_before_the_question(
        self, asked: list[tuple[Any, ...]], command: str, written: list[str], deleted: list[str]
    ) -> None:
        self.ask(command, False, "dev")
        ((question, changes),) = asked
        assert question == command
        assert [[one.name for one in part] for part in changes[1:]] == [written, deleted]

    def test_sceptre_asks_for_other_projects_and_change_sets_and_with_yes(
        self, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.ask("launch", True, "dev")
        self.ask("delete", False, "dev", "change-set")
        monkeypatch.setattr(confirmation, "_stacks", lambda *_: [])
        self.ask("launch", False, "dev")
        assert asked == [
            ("launch", True, "dev", None),
            ("delete", False, "dev", "change-set"),
            ("launch", False, "dev", None),
        ]

    def test_an_unsupported_sceptre_keeps_its_question(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        module = import_module("sceptre.cli.update")
        other = vars(click)["confirm"]
        monkeypatch.setattr(module, "confirmation", other)
        with caplog.at_level(logging.WARNING, "sceptre"):
            confirmation.install()
        assert vars(module)["confirmation"] is other
        (record,) = caplog.records
        assert "another sceptre.cli.update.confirmation" in record.getMessage()
