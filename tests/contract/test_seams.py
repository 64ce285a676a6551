"""The seams: how the pinned Sceptre behaves by itself, and how it behaves with ours."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sceptre.cli import drift
from sceptre.cli.drift import drift_group
from sceptre.context import SceptreContext
from sceptre.exceptions import (
    ConfigFileNotFoundError,
    DependencyStackMissingOutputError,
    InvalidConfigFileError,
    SceptreException,
    StackDoesNotExistError,
)
from sceptre.plan import plan
from sceptre.plan.actions import StackActions
from sceptre.plan.executor import SceptrePlanExecutor
from sceptre.resolvers.stack_output import StackOutput

from sentry_oms.aws.view import View
from sentry_oms.executor import run
from sentry_oms.executor.drift.model import StackDrift, StackStatus
from sentry_oms.executor.drift.summary import end_with
from sentry_oms.executor.events import Run
from sentry_oms.executor.states import Outcome, State
from sentry_oms.seams import executor, install, stack_output
from tests.unit.tags import refusal, stack


@pytest.fixture(autouse=True)
def installed() -> None:
    install()


def test_sceptre_is_a_release_that_the_seams_support() -> None:
    assert version("sceptre").startswith("4.7.")


class TestStackOutput:
    def resolver(self, argument: str, *responses: Any) -> StackOutput:
        consumer = stack("dev/cluster-oms")
        tag = StackOutput(argument, consumer)
        tag.setup()
        target = stack("dev/vpc", *responses)
        target.external_name, target.profile, target.sceptre_role = "sentry-vpc-dev", None, None
        consumer.dependencies = [target]
        return tag

    def described(self, **outputs: str) -> dict[str, Any]:
        pairs = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        return {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": pairs}]}

    @pytest.fixture(autouse=True)
    def empty_view(self, monkeypatch: pytest.MonkeyPatch) -> None:
        view = View()
        monkeypatch.setattr(
            stack_output,
            "outputs",
            lambda target, label, original=stack_output.outputs: original(target, label, view),
        )

    def test_sceptre_still_ignores_the_stack_name(self) -> None:
        """If this fails, Sceptre is fixed and the seam can go."""
        source = inspect.getsource(inspect.getmodule(StackOutput))  # type: ignore[arg-type]
        assert '"-".join(\n            [stack.project_code, friendly_stack_name' in source

    def test_the_stack_name_is_followed(self) -> None:
        tag = self.resolver("dev/vpc.yaml::VpcId", self.described(VpcId="vpc-1"))
        assert tag.resolve() == "vpc-1"
        call = tag.stack.dependencies[0].connection_manager.call
        assert call.call_args.kwargs["kwargs"] == {"StackName": "sentry-vpc-dev"}

    def test_two_outputs_of_a_stack_are_one_call(self) -> None:
        first = self.resolver("dev/vpc.yaml::A", self.described(A="1", B="2"))
        second = self.resolver("dev/vpc.yaml::B")
        assert (first.resolve(), second.resolve()) == ("1", "2")

    @pytest.mark.parametrize(
        ("output", "answer", "error", "message"),
        [
            (
                "Vpc",
                {"VpcId": "1", "CidrName": "2"},
                DependencyStackMissingOutputError,
                "sentry-vpc-dev has no output 'Vpc'; it has: CidrName, VpcId$",
            ),
            ("VpcId", None, StackDoesNotExistError, r"launch dev/vpc\.yaml first$"),
        ],
    )
    def test_a_missing_output_or_stack_is_named(
        self, output: str, answer: dict[str, str] | None, error: type[Exception], message: str
    ) -> None:
        absent = refusal("ValidationError", "Stack with id sentry-vpc-dev does not exist")
        response = absent if answer is None else self.described(**answer)
        tag = self.resolver(f"dev/vpc.yaml::{output}", response)
        with pytest.raises(error, match=message):
            tag.resolve()

    def test_without_dependencies_the_option_is_named(self) -> None:
        tag = self.resolver("dev/vpc.yaml::VpcId")
        tag.stack.dependencies = []
        with pytest.raises(SceptreException, match="--ignore-dependencies"):
            tag.resolve()


class TestStackPath:
    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        for path in ("dev/vpc.yaml", "dev/config.yaml", "prod/vpc.yaml", "config.yaml"):
            file = tmp_path / "config" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("x: y")
        return tmp_path

    def path(self, project: Path, command_path: str) -> str:
        found = SceptreContext(str(project), command_path).full_command_path()
        return str(Path(found).relative_to(project / "config"))

    @pytest.mark.parametrize(
        ("given", "found"),
        [("dev/vpc", "dev/vpc.yaml"), ("dev/vpc.yaml", "dev/vpc.yaml"), ("dev", "dev")],
    )
    def test_a_stack_is_found_with_and_without_its_suffix(
        self, project: Path, given: str, found: str
    ) -> None:
        assert self.path(project, given) == found

    def test_a_group_wins_over_a_stack_of_its_name(self, project: Path) -> None:
        (project / "config/dev.yaml").write_text("x: y")
        assert self.path(project, "dev") == "dev"

    @pytest.mark.parametrize(
        ("given", "choices"),
        [
            ("stagin", "its environments are dev, prod"),
            ("dev/vcp", "the stacks of dev are vpc"),
            ("qa/vpc", "its environments are dev, prod"),
        ],
    )
    def test_an_unknown_path_is_named_with_its_alternatives(
        self, project: Path, given: str, choices: str
    ) -> None:
        with pytest.raises(ConfigFileNotFoundError, match=f"^'{given}' is not in .*{choices}$"):
            self.path(project, given)

    def test_bootstrap_is_found_and_is_no_environment(self, project: Path) -> None:
        (project / "config/bootstrap").mkdir()
        (project / "config/bootstrap/roles.yaml").write_text("x: y")
        assert self.path(project, "bootstrap/roles") == "bootstrap/roles.yaml"
        with pytest.raises(ConfigFileNotFoundError, match="its environments are dev, prod$"):
            self.path(project, "bootstrp")


class TestExecutor:
    @pytest.fixture(autouse=True)
    def executed(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
        """The calls of Sceptre's executor and of ours."""
        found: list[tuple[Any, ...]] = []
        monkeypatch.setattr(
            SceptrePlanExecutor, "execute", lambda self, *_: found.append(("stock", self.command))
        )
        monkeypatch.setattr(
            run,
            "execute",
            lambda command, arguments, _, limit: found.append(("ours", command, arguments, limit)),
        )
        return found

    def execute(self, command: str, limit: int | None = None, **config: str) -> None:
        one = stack("dev/vpc")
        one.stack_group_config = config
        plan.SceptrePlanExecutor(command, [{one}], limit).execute("argument")

    def test_a_plan_finds_our_executor(self) -> None:
        assert "SceptrePlanExecutor(" in inspect.getsource(plan.SceptrePlan._execute)
        assert plan.SceptrePlanExecutor is executor.Executor

    def test_ours_runs_only_on_request(self, executed: list[tuple[Any, ...]]) -> None:
        self.execute("launch")
        plan.SceptrePlanExecutor("launch", [set()], None).execute()
        self.execute("launch", 3, executor="ready_queue")
        assert executed == [
            ("stock", "launch"),
            ("stock", "launch"),
            ("ours", "launch", ("argument",), 3),
        ]

    def test_an_unknown_executor_is_named(self) -> None:
        with pytest.raises(InvalidConfigFileError, match=r"^dev/vpc: .*'redy'.*ready_queue"):
            self.execute("launch", executor="redy")

    def test_an_unsupported_sceptre_keeps_its_executor(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(plan, "SceptrePlanExecutor", SceptrePlanExecutor)
        monkeypatch.delattr(StackActions, "_wait_for_completion")
        with caplog.at_level(logging.WARNING, "sceptre"):
            install()
        assert plan.SceptrePlanExecutor is SceptrePlanExecutor
        (record,) = caplog.records
        assert "another StackActions (no _wait_for_completion)" in record.getMessage()

    def test_every_command_of_sceptre_is_known_to_read_or_to_write(self) -> None:
        """An unknown one would run in order, which is safe and slow."""
        writes = {
            *("cancel_stack_update", "continue_update_rollback", "create", "create_change_set"),
            *("delete", "delete_change_set", "execute_change_set", "launch", "lock", "set_policy"),
            *("unlock", "update"),
        }
        public = {name for name in vars(StackActions) if not name.startswith("_")}
        helpers = {"fetch_local_template_summary", "fetch_remote_template_summary"}
        assert public - helpers == (run.READS - {"template"}) | writes


class TestDrift:
    """Sceptre prints its answer, and the exit code is ours."""

    @pytest.fixture(params=["detect", "show"])
    def command(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def invoke(
        self,
        command: str,
        monkeypatch: pytest.MonkeyPatch,
        at_the_plan: Callable[[], None],
        answer: str = "DETECTION_COMPLETE",
    ) -> Result:
        """Run a drift command over one stack with an answer."""
        detection = {"DetectionStatus": answer, "StackDriftStatus": "DRIFTED"}
        shown = (answer, {"StackResourceDrifts": []})

        def execute(*_: Any) -> dict[Any, Any]:
            at_the_plan()
            return {stack("dev/sqs"): detection if command == "detect" else shown}

        monkeypatch.setattr(plan.SceptrePlan, "_execute", execute)
        monkeypatch.setattr(plan.SceptrePlan, "resolve", lambda *_, **__: None)
        monkeypatch.setattr(plan.SceptrePlan, "__init__", lambda *_: None)
        return CliRunner().invoke(drift_group, [command, "dev/sqs"], obj={"project_path": "."})

    def ends_with(self, *outcomes: Outcome) -> Callable[[], None]:
        run_ = Run.of("drift_detect", {"dev/sqs": frozenset()}, 0)
        run_.stacks["dev/sqs"].state = outcomes[0].state
        run_.stacks["dev/sqs"].outcome = outcomes[0]
        beside = Console(stderr=True, soft_wrap=True, highlight=False)
        return lambda: end_with(run_, click.get_current_context(), beside)

    DRIFTED = Outcome(State.COMPLETE, drift=StackDrift(status=StackStatus.DRIFTED, resources=()))
    FAILED = Outcome(State.FAILED, cause="no rights")

    def test_sceptre_still_ends_with_0_if_there_is_drift(
        self, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If this fails, Sceptre is fixed and the seam can go."""
        assert self.invoke(command, monkeypatch, lambda: None).exit_code == 0

    def test_the_answer_comes_first_and_is_unchanged(
        self, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stock = self.invoke(command, monkeypatch, lambda: None)
        done = self.invoke(command, monkeypatch, self.ends_with(self.DRIFTED))
        assert done.exit_code == 2
        assert done.stdout == stock.stdout
        assert "sentry-sqs-dev" in done.stdout
        assert done.stderr.startswith("drift: 1 drifted\n")
        assert done.output.index("sentry-sqs-dev") < done.output.index("drift: 1 drifted")
        assert click.get_current_context(silent=True) is None

    def test_the_number_of_unchecked_stacks_is_not_the_exit_code(
        self, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_the_plan = self.ends_with(self.DRIFTED)
        done = self.invoke(command, monkeypatch, at_the_plan, "DETECTION_FAILED")
        assert done.exit_code == 2
        at_the_plan = self.ends_with(self.FAILED)
        assert self.invoke(command, monkeypatch, at_the_plan).exit_code == 1

    def test_a_failure_to_print_the_answer_is_the_error(
        self, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr(drift, "write", full)
        done = self.invoke(command, monkeypatch, self.ends_with(self.DRIFTED))
        assert isinstance(done.exception, OSError)
        assert done.stderr == ""
