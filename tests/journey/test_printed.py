"""Output of Sceptre with the ready queue: data for programs, text for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from sceptre.cli import cli

from sentry_oms.seams import text_output
from tests.conftest import EmbeddedAws, Project

QUEUE = {
    "Parameters": {"Seconds": {"Type": "String"}},
    "Resources": {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"VisibilityTimeout": {"Ref": "Seconds"}},
        }
    },
    "Outputs": {
        "Seconds": {"Value": {"Ref": "Seconds"}, "Description": "How long"},
        "QueueName": {"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}},
    },
}


Sceptre = Callable[..., Result]

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = {"project_code": "x", "region": "us-east-1", "executor": "ready_queue"}
    files = {"config/config.yaml": json.dumps(config), "templates/queue.json": json.dumps(QUEUE)}
    for name, seconds in (("a", 1), ("b", 2)):
        files[f"config/g/{name}.yaml"] = (
            f"template: {{path: queue.json}}\nparameters: {{Seconds: '{seconds}'}}\n"
        )
    return Project(tmp_path_factory.mktemp("project"), {}, files).directory


@pytest.fixture
def sceptre(directory: Path, aws: EmbeddedAws) -> Sceptre:
    """Runs a command over two stacks, of which the first has a change set and a policy."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--dir", str(directory), "--no-colour", *arguments])

    if not aws.stack_names():
        for name, seconds in (("a", "9"), ("b", "2")):
            aws.deploy(f"x-g-{name}", QUEUE, Seconds=seconds)
        assert run("create", "-y", "g/a", "review").exit_code == 0
    return run


def documents(text: str) -> list[Any]:
    """Return the JSON documents that follow each other in a text, and nothing else."""
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(text.rstrip()):
        document, end = decoder.raw_decode(text, at)
        found.append(document)
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return found


@pytest.mark.parametrize(
    "command",
    [
        *("describe change-set g/a review", "describe policy g", "drift detect g", "drift show g"),
        *("dump config g", "fetch-remote-template g", "generate g", "list change-sets g"),
        *("list outputs g", "list resources g", "list stacks g", "status g"),
    ],
)
def test_only_data_is_on_stdout(sceptre: Sceptre, command: str) -> None:
    done = sceptre("--output", "json", *command.split())
    assert done.exit_code == 0
    assert documents(done.stdout)


@pytest.mark.parametrize("form", ["json", "yaml", "text"])
def test_an_update_by_change_set_prints_the_change_set_alone(
    sceptre: Sceptre, directory: Path, form: str
) -> None:
    file = directory / "config/g/b.yaml"
    file.write_text(f"{file.read_text()}stack_tags: {{Form: {form}}}\n")
    try:
        done = sceptre("--output", form, "update", "-c", "-y", "g/b")
    finally:
        file.write_text(file.read_text().rpartition("stack_tags")[0])
    assert done.exit_code == 0
    found = yaml.safe_load(done.stdout)
    assert "\nStackName: x-g-b\n" in done.stdout or form != "text"
    assert found["StackName"] == "x-g-b"
    assert found["Status"] == "CREATE_COMPLETE"
    assert "g/b updated in " in done.stderr


def test_the_lines_of_a_launch_are_no_data(sceptre: Sceptre) -> None:
    done = sceptre("--output", "json", "launch", "-y", "g/b")
    assert done.stdout == ""
    assert "launch: 1 " in done.stderr
    assert "launch: 1 " in sceptre("launch", "-y", "g/b").stdout


def test_outputs_are_a_table(sceptre: Sceptre) -> None:
    lines = sceptre("list", "outputs", "g").stdout.splitlines()
    assert lines[0].split() == ["Stack", "OutputKey", "OutputValue", "Description"]
    assert [line.split()[:3] for line in lines if "Seconds" in line] == [
        ["g/a", "Seconds", "9"],
        ["g/b", "Seconds", "2"],
    ]
    starts = {line.index(line.split()[2]) for line in lines if line}
    assert len(starts) == 1, "the columns are aligned"


def test_a_table_fits_the_terminal(sceptre: Sceptre, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr(text_output, "sys", SimpleNamespace(stdout=terminal))
    monkeypatch.setenv("COLUMNS", "50")
    first, *_, last = sceptre("list", "outputs", "g").stdout.splitlines()
    assert first.split() == ["Stack", "OutputKey", "OutputValue"]
    assert last == "Also in --output yaml: Description"
    monkeypatch.setenv("COLUMNS", "40")
    found = yaml.safe_load(sceptre("list", "outputs", "g").stdout)
    assert found["g/b"][0]["OutputValue"] == "2"


@pytest.mark.parametrize("command", ["list change-sets g/a", "describe change-set g/a review"])
def test_change_sets_are_readable(sceptre: Sceptre, command: str) -> None:
    said = sceptre(*command.split()).stdout
    assert "CREATE_COMPLETE" in said
    assert "datetime" not in said
    assert "{" not in said


def test_a_template_keeps_its_text(sceptre: Sceptre) -> None:
    assert json.loads(sceptre("fetch-remote-template", "g/a").stdout) == QUEUE


def test_a_diff_leaves_out_stacks_on_request(
    sceptre: Sceptre, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No difference to deployed stack x-g-b" in sceptre("diff", "g").stdout
    monkeypatch.setenv("OMS_ONLY_DIFFERENCES", "1")
    said = sceptre("diff", "g").stdout
    assert "Difference detected for stack x-g-a!" in said
    assert "x-g-b" not in said
    assert said.endswith("\nNo difference: 1 of 2 stacks\n")
    assert sceptre("diff", "g/b").stdout == "No difference: 1 of 1 stacks\n"


def test_the_bars_of_a_diff_fit_the_terminal(
    sceptre: Sceptre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    bars = [line for line in sceptre("diff", "g").stdout.splitlines() if line[:1] in ("*", "~")]
    assert bars
    assert set(map(len, bars)) == {60}
