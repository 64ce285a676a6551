"""The seams of Sceptre that we mend: what the pinned release does, and what it does with us."""

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
    """As Sceptre has them after it has loaded the tags."""
    install()


def test_sceptre_is_a_release_that_the_seams_were_read_against() -> None:
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
        """Where this fails, Sceptre has mended it, and our seam can go."""
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

    def test_a_missing_output_is_named_with_those_that_exist(self) -> None:
        tag = self.resolver("dev/vpc.yaml::Vpc", self.described(VpcId="1", CidrName="2"))
        with pytest.raises(
            DependencyStackMissingOutputError,
            match=r"^dev/cluster-oms: !stack_output dev/vpc\.yaml::Vpc: sentry-vpc-dev has no "
            r"output 'Vpc'; it has: CidrName, VpcId$",
        ):
            tag.resolve()

    def test_a_target_that_does_not_exist_is_named_with_what_to_do(self) -> None:
        absent = refusal("ValidationError", "Stack with id sentry-vpc-dev does not exist")
        tag = self.resolver("dev/vpc.yaml::VpcId", absent)
        with pytest.raises(StackDoesNotExistError, match=r"launch dev/vpc\.yaml first$"):
            tag.resolve()

    def test_without_dependencies_it_says_so(self) -> None:
        tag = self.resolver("dev/vpc.yaml::VpcId")
        tag.stack.dependencies = []
        with pytest.raises(SceptreException, match="which --ignore-dependencies leaves out"):
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
            ("stagin", "'stagin' is not in config: its environments are dev, prod"),
            ("dev/vcp", "'dev/vcp' is not in config: the stacks of dev are vpc"),
            ("qa/vpc", "'qa/vpc' is not in config: its environments are dev, prod"),
        ],
    )
    def test_an_unknown_path_is_named_with_what_could_be_meant(
        self, project: Path, given: str, choices: str
    ) -> None:
        with pytest.raises(ConfigFileNotFoundError, match=f"^{choices}$"):
            self.path(project, given)

    def test_what_is_the_accounts_is_found_and_is_no_environment(self, project: Path) -> None:
        (project / "config/bootstrap").mkdir()
        (project / "config/bootstrap/roles.yaml").write_text("x: y")
        assert self.path(project, "bootstrap/roles") == "bootstrap/roles.yaml"
        with pytest.raises(ConfigFileNotFoundError, match="its environments are dev, prod$"):
            self.path(project, "bootstrp")


class TestExecutor:
    @pytest.fixture
    def stock(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The commands that Sceptre's own executor is given."""
        given: list[str] = []
        monkeypatch.setattr(
            SceptrePlanExecutor, "execute", lambda self, *_: given.append(self.command)
        )
        return given

    @pytest.fixture
    def ours(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
        """What our executor is given: command, arguments, batches, limit."""
        given: list[tuple[Any, ...]] = []
        monkeypatch.setattr(run, "execute", lambda *arguments: given.append(arguments))
        return given

    def execute(self, command: str, limit: int | None = None, **config: str) -> None:
        one = stack("dev/vpc")
        one.stack_group_config = config
        plan.SceptrePlanExecutor(command, [{one}], limit).execute("argument")

    def test_a_plan_looks_it_up_where_we_put_it(self) -> None:
        assert "SceptrePlanExecutor(" in inspect.getsource(plan.SceptrePlan._execute)
        assert plan.SceptrePlanExecutor is executor.Executor

    def test_a_project_that_does_not_ask_runs_as_sceptre_runs_it(
        self, stock: list[str], ours: list[tuple[Any, ...]]
    ) -> None:
        self.execute("launch")
        assert (stock, ours) == (["launch"], [])

    def test_a_project_that_asks_gets_ours_with_the_places_that_a_person_gave(
        self, stock: list[str], ours: list[tuple[Any, ...]]
    ) -> None:
        self.execute("launch", 3, executor="ready_queue")
        ((command, arguments, _, limit),) = ours
        assert (command, arguments, limit) == ("launch", ("argument",), 3)
        assert stock == []

    def test_an_executor_that_there_is_not_is_named(self) -> None:
        with pytest.raises(
            InvalidConfigFileError,
            match=r"^dev/vpc: config\.yaml executor: 'redy' is unknown: write ready_queue, or",
        ):
            self.execute("launch", executor="redy")

    def test_without_any_stack_it_is_sceptres(self, stock: list[str]) -> None:
        plan.SceptrePlanExecutor("launch", [set()], None).execute()
        assert stock == ["launch"]

    def test_another_sceptre_is_left_as_it_is_and_says_so(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(plan, "SceptrePlanExecutor", SceptrePlanExecutor)
        monkeypatch.delattr(StackActions, "_wait_for_completion")
        with caplog.at_level(logging.WARNING, "sceptre"):
            install()
        assert plan.SceptrePlanExecutor is SceptrePlanExecutor
        (record,) = caplog.records
        assert record.getMessage() == (
            "executor: ready_queue is ignored, because this Sceptre has another StackActions "
            "(no _wait_for_completion): Sceptre's own executor runs the commands"
        )

    def test_every_command_of_sceptre_is_known_to_read_or_to_write(self) -> None:
        """A new one would run in order, which is safe, and slower than it needs to be."""
        writes = {
            "cancel_stack_update",
            "continue_update_rollback",
            "create",
            "create_change_set",
            "delete",
            "delete_change_set",
            "execute_change_set",
            "launch",
            "lock",
            "set_policy",
            "unlock",
            "update",
        }
        public = {name for name in vars(StackActions) if not name.startswith("_")}
        reads = run.READS - {"template"}
        assert public - {"fetch_local_template_summary", "fetch_remote_template_summary"} == (
            reads | writes
        )


class TestDrift:
    """Sceptre's commands print their answer, and we set the exit code after that."""

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
        """Sceptre's command over one stack that answers so."""
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

    def test_sceptre_still_ends_with_0_where_there_is_drift(
        self, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where this fails, Sceptre says it itself, and ours can go."""
        assert self.invoke(command, monkeypatch, lambda: None).exit_code == 0

    def test_its_answer_comes_first_and_whole_and_our_code_counts(
        self, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stock = self.invoke(command, monkeypatch, lambda: None)
        done = self.invoke(command, monkeypatch, self.ends_with(self.DRIFTED))
        assert done.exit_code == 2
        assert done.stdout == stock.stdout
        assert "sentry-sqs-dev" in done.stdout
        assert done.stderr.startswith("drift: 1 drifted\n")
        assert done.output.index("sentry-sqs-dev") < done.output.index("drift: 1 drifted")

    def test_the_number_of_stacks_that_sceptre_could_not_check_is_not_the_code(
        self, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_the_plan = self.ends_with(self.DRIFTED)
        done = self.invoke(command, monkeypatch, at_the_plan, "DETECTION_FAILED")
        assert done.exit_code == 2
        at_the_plan = self.ends_with(self.FAILED)
        assert self.invoke(command, monkeypatch, at_the_plan).exit_code == 1

    def test_an_answer_that_can_not_be_printed_is_the_error(
        self, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr(drift, "write", full)
        done = self.invoke(command, monkeypatch, self.ends_with(self.DRIFTED))
        assert isinstance(done.exception, OSError)
        assert done.stderr == ""
