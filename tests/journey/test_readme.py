"""README, followed line by line in a fresh clone, with Python, make and git and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, first_port
from tests.readme.machine import Ran, Shell, fresh_clone, newcomer
from tests.readme.page import steps
from tests.readme.walk import Taken, walk

# Every command that README gives its reader, in its order, with what README says that it does.
PROMISED: list[tuple[str, list[str]]] = [
    ("make launch", ["Setting up .venv", "dev: 16 of 16 stacks COMPLETE; 16 created."]),
    ('eval "$(make -s aws-env)"', []),
    ("set -a; . ./.variables; set +a", []),
    (".venv/bin/sceptre status dev", ['"dev/vpc": "CREATE_COMPLETE"']),
    (".venv/bin/sceptre list outputs dev", ["LoadBalancerUrl", "TaskDefinitionArn"]),
    (".venv/bin/oms check dev", ["dev: 16 stacks", "no findings"]),
    (
        ".venv/bin/oms plan dev",
        [
            "+ add KrakenOrdersQueue (AWS::SQS::Queue)",
            "+ add KrakenFilledOrdersDeadLetterQueueAlarm",
            "+ kraken-orders-queue-dev.fifo",
            "+ kraken-filled-orders-queue-dev.fifo",
            "exit 2: changes",
        ],
    ),
    (
        ".venv/bin/sceptre diff dev",
        [
            "Difference detected for stack sentry-sqs-dev!",
            "Difference detected for stack sentry-cluster-oms-dev!",
            "Difference detected for stack sentry-task-oms-dev!",
            "3 stacks with differences detected",
        ],
    ),
    (".venv/bin/sceptre diff dev/task-oms", ["root.parameters['Exchanges']"]),
    (".venv/bin/sceptre launch -y dev", ["launch: 13 unchanged, 3 updated"]),
    ('git commit --quiet --all --message "Trade on kraken"', []),
    ("git revert --no-edit HEAD", ['Revert "Trade on kraken"']),
    (
        ".venv/bin/oms plan dev",
        ["- remove KrakenOrdersQueue (AWS::SQS::Queue", "exit 3: changes, and state is lost"],
    ),
    (".venv/bin/sceptre launch -y dev", ["launch: 13 unchanged, 3 updated"]),
    (".venv/bin/sceptre delete -y dev", ["delete: 16 deleted"]),
    ("make stop", ["The embedded AWS ended."]),
    ("make clean", []),
]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def taken(directory: Path) -> Iterator[list[Taken]]:
    """Each step of README, as it went, in a fresh clone on an embedded AWS of its own."""
    environ = newcomer(directory, first_port())
    shell = Shell(fresh_clone(ROOT, directory), environ, scratch=directory)
    try:
        yield walk(steps((ROOT / "README.md").read_text()), shell)
    finally:
        shell.run("make stop")


def test_each_command_does_what_the_page_says(taken: list[Taken]) -> None:
    """That each ended with the code that the page promises, the walk itself holds."""
    ran = [step for step in taken if isinstance(step, Ran)]
    assert [one.command for one in ran] == [command for command, _ in PROMISED]
    for one, (_, words) in zip(ran, PROMISED, strict=True):
        assert [word for word in words if word not in one.said] == [], one.said


def test_nothing_is_left_of_it(taken: list[Taken], directory: Path) -> None:
    """``make clean`` leaves the clone as git knows it."""
    assert len(taken) == len(PROMISED) + 1
    left = {path.name for path in (directory / "clone").iterdir()}
    assert not {".venv", ".local", ".tools"} & left
