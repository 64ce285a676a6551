"""README's commands, run in order in a fresh clone with only Python, make and git."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT, first_port
from tests.readme.machine import Shell, fresh_clone, newcomer
from tests.readme.page import steps
from tests.readme.walk import walk

# Every command of README, with words of the output that README describes.
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


def test_the_commands_do_what_the_page_says_and_leave_nothing(tmp_path: Path) -> None:
    shell = Shell(fresh_clone(ROOT, tmp_path), newcomer(tmp_path, first_port()), scratch=tmp_path)
    try:
        ran = walk(steps((ROOT / "README.md").read_text()), shell)
    finally:
        shell.run("make stop")
    assert [one.command for one in ran] == [command for command, _ in PROMISED]
    for one, (_, words) in zip(ran, PROMISED, strict=True):
        assert [word for word in words if word not in one.said] == [], one.said
    assert not {".venv", ".local", ".tools"} & {path.name for path in shell.clone.iterdir()}
