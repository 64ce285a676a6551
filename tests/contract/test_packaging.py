"""Each tag has its file, test and page, and the wheel works in a second project beside Sceptre."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import BaseModel

from tests.conftest import ROOT, EmbeddedAws

LOAD = """
from importlib.metadata import distribution, entry_points
names = [
    point.load().__name__
    for group in ("sceptre.resolvers", "sceptre.hooks")
    for point in entry_points(group=group)
    if point.dist.name == "sentry-oms-infrastructure"
]
print(" ".join(names))
print(__import__("sentry_oms").__file__)
"""


def tags() -> list[tuple[str, str, str]]:
    """Each tag of setup.cfg: its kind, its name, and where it is."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return [
        (kind, *re.split(r"\s*=\s*", line.strip(), maxsplit=1))  # type: ignore[misc]
        for kind in ("resolvers", "hooks")
        for line in setup["options.entry_points"][f"sceptre.{kind}"].strip().splitlines()
    ]


@pytest.mark.parametrize(("kind", "name", "place"), tags())
def test_a_tag_is_found_by_its_name(kind: str, name: str, place: str) -> None:
    class_name = "".join(part.capitalize() for part in name.split("_"))
    assert place == f"{kind}.{name}:{class_name}"
    assert (ROOT / kind / f"{name}.py").is_file()
    assert (ROOT / f"tests/unit/test_{name}.py").is_file()
    page = (ROOT / f"docs/{kind.upper()}.md").read_text()
    assert f"\n## `!{name}`\n" in page


@pytest.mark.parametrize("place", [place for *_, place in tags()])
def test_a_tag_has_a_model_of_its_argument(place: str) -> None:
    """``oms check`` validates arguments with the model."""
    module, _, class_name = place.partition(":")
    assert issubclass(getattr(import_module(module), class_name).model, BaseModel)


def test_every_file_of_a_tag_is_registered() -> None:
    files = {
        (kind, path.stem)
        for kind in ("resolvers", "hooks")
        for path in (ROOT / kind).glob("*.py")
        if path.stem != "__init__"
    }
    assert files == {(kind, name) for kind, name, _ in tags()}


FILE = re.compile(r"^\*\*`(\S+)`\*\*\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECOND_PROJECT = dict(FILE.findall((ROOT / "docs/ADOPTING.md").read_text()))
"""The files of the page's minimal project, by path."""
ASKED = "executor: ready_queue\n"
RETURNS = "https://sqs.us-east-1.amazonaws.com/000000000000/returns-queue-test"

QUEUE = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: NAME}
Outputs:
  Name: {Value: NAME}
"""
PLAIN = {
    "config/config.yaml": "project_code: plain\nregion: us-east-1\n",
    "config/all/config.yaml": "{}\n",
    "config/all/first.yaml": "template: {path: one.yaml}\nstack_timeout: 5\n",
    # Fails, because the first has the queue; the third depends on it.
    "config/all/second.yaml": (
        "template: {path: again.yaml}\nstack_timeout: 5\ndependencies: [all/first.yaml]\n"
    ),
    "config/all/third.yaml": (
        "template: {path: read.yaml}\nstack_timeout: 5\ndependencies: [all/second.yaml]\n"
        "parameters: {One: !stack_output all/first.yaml::Name}\n"
    ),
    "templates/one.yaml": QUEUE.replace("NAME", "plain-one"),
    "templates/again.yaml": QUEUE.replace("NAME", "plain-one"),
    "templates/read.yaml": (
        QUEUE.replace("NAME", "plain-three").replace(
            "Resources:", "Parameters: {One: {Type: String}}\nResources:"
        )
    ),
}
"""A project without our tags, in which a stack fails."""


class Run(NamedTuple):
    """A command's exit code, output, and calls of AWS."""

    code: int
    said: str
    calls: dict[str, int]


class Installed:
    """A virtual environment with the wheel of this project and its dependencies."""

    def __init__(self, directory: Path) -> None:
        self._bin = directory / "venv/bin"
        # Built from a copy, since a build leaves files beside its sources.
        left_out = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "tests")
        shutil.copytree(ROOT, directory / "sources", ignore=left_out)
        build = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", "dist")
        run(*build, "./sources", cwd=directory)
        (wheel,) = (directory / "dist").glob("*.whl")
        run(sys.executable, "-m", "venv", str(directory / "venv"))
        self.pip("install", "-c", str(ROOT / "constraints.txt"), str(wheel))

    def python(self, *arguments: str) -> str:
        return run(str(self._bin / "python"), *arguments, cwd=self._bin)

    def pip(self, *arguments: str) -> None:
        compiling = ("--no-compile",) if arguments[0] == "install" else ()
        self.python("-m", "pip", "--quiet", *arguments, *compiling)

    def oms(self, project: Path, *arguments: str) -> str:
        return run(str(self._bin / "oms"), *arguments, cwd=project)

    def sceptre(self, project: Path, aws: EmbeddedAws, *arguments: str) -> Run:
        aws.control()
        done = subprocess.run(
            [self._bin / "sceptre", "--no-colour", *arguments],
            cwd=project,
            env=aws.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Run(done.returncode, done.stdout, aws.calls())


def run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("ours"))


@pytest.fixture
def second_project(tmp_path: Path, ours: Installed, aws: EmbeddedAws) -> Iterator[Path]:
    """The page's minimal project, deleted afterwards."""
    project = tmp_path / "second"
    for path, text in SECOND_PROJECT.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    yield project
    aws.client("sqs").purge_queue(QueueUrl=RETURNS)
    assert ours.sceptre(project, aws, "delete", "-y", "shop").code == 0
    aws.client("ecr").delete_repository(repositoryName="shop/worker", force=True)


def test_a_wheel_installs_in_an_empty_environment_and_its_tags_load(ours: Installed) -> None:
    names, place = ours.python("-c", LOAD).splitlines()
    assert len(names.split()) == len(tags())
    assert "/site-packages/" in place


@pytest.mark.parametrize("asked", ["", ASKED], ids=["stock", "ready_queue"])
def test_the_tags_work_in_another_project(
    ours: Installed, second_project: Path, aws: EmbeddedAws, asked: str
) -> None:
    config = second_project / "config/config.yaml"
    assert ASKED in config.read_text()
    config.write_text(config.read_text().replace(ASKED, asked))
    checked = ours.oms(second_project, "check", "shop")
    assert re.fullmatch(r"shop: 3 stacks, \d+ rules, no findings\n", checked)
    launched = ours.sceptre(second_project, aws, "launch", "-y", "shop")
    assert launched.code == 0, launched.said
    assert ("launch: 3 created" in launched.said) is bool(asked), launched.said
    found = aws.outputs("shop-worker")
    assert found["QueueNames"] == "purchases-queue-test,returns-queue-test"
    assert found["QueuesStackName"] == "shop-queues"
    assert re.fullmatch(r"arn:aws:secretsmanager:\S+:secret:shop-\w{6}", found["SecretArn"])
    assert found["RepositoryUri"].endswith(".amazonaws.com/shop/worker")
    aws.client("sqs").send_message(QueueUrl=RETURNS, MessageBody="a return")
    refused = ours.sceptre(second_project, aws, "delete", "-y", "shop/queues")
    assert refused.code != 0
    assert "returns-queue-test" in refused.said
    assert aws.stack("shop-queues")["StackStatus"] == "CREATE_COMPLETE"


def test_a_project_that_requests_nothing_runs_as_without_the_plugin(
    ours: Installed, tmp_path: Path, aws: EmbeddedAws
) -> None:
    """The output, calls and exit code are the same. Last, since it uninstalls the plugin."""
    for path, text in PLAIN.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    def launched() -> Run:
        try:
            return ours.sceptre(tmp_path, aws, "launch", "-y", "all")
        finally:
            ours.sceptre(tmp_path, aws, "delete", "-y", "all")

    with_plugin = launched()
    ours.pip("uninstall", "-y", "sentry-oms-infrastructure")
    without = launched()
    assert with_plugin.code == without.code == 1
    assert lines(with_plugin) == lines(without)
    assert with_plugin.calls == without.calls
    # Stock Sceptre launches a dependent of a failed stack.
    assert "all/third plain-all-third AWS::CloudFormation::Stack CREATE_COMPLETE" in without.said


def lines(ran: Run) -> Counter[str]:
    """Return the lines without the time; their order varies, since stacks run in parallel."""
    return Counter(re.sub(r"^\[[^]]*\] ", "", line).strip() for line in ran.said.splitlines())
