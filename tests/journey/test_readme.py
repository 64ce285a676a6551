"""README's commands, run in order in a fresh clone with only Python, make and git."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT, first_port
from tests.readme.machine import Shell, fresh_clone, newcomer
from tests.readme.page import steps
from tests.readme.walk import walk

# Words in the output of README's commands, in their order; a command without any is left out.
PROMISED: list[tuple[str, list[str]]] = [
    ("make launch", ["Setting up .venv", "dev: 16 of 16 stacks COMPLETE; 16 created."]),
    (".venv/bin/sceptre status dev", ['"dev/vpc": "CREATE_COMPLETE"']),
    (".venv/bin/sceptre list outputs dev", ["LoadBalancerUrl", "TaskDefinitionArn"]),
    (".venv/bin/oms check dev", ["dev: 16 stacks"]),
    (".venv/bin/oms plan dev", ["KrakenOrdersQueue", "kraken-filled-orders-queue-dev.fifo"]),
    (".venv/bin/sceptre diff dev", ["3 stacks with differences detected"]),
    (".venv/bin/sceptre diff dev/task-oms", ["root.parameters['Exchanges']"]),
    (".venv/bin/sceptre launch -y dev", ["launch: 13 unchanged, 3 updated"]),
    ("git revert --no-edit HEAD", ["Trade on kraken"]),
    (".venv/bin/oms plan dev", ["remove KrakenOrdersQueue"]),
    (".venv/bin/sceptre launch -y dev", ["launch: 13 unchanged, 3 updated"]),
    (".venv/bin/sceptre delete -y dev", ["delete: 16 deleted"]),
    ("make stop", ["The embedded AWS ended."]),
]


def test_the_commands_do_what_the_page_says_and_leave_nothing(tmp_path: Path) -> None:
    shell = Shell(fresh_clone(ROOT, tmp_path), newcomer(tmp_path, first_port()), scratch=tmp_path)
    try:
        ran = walk(steps((ROOT / "README.md").read_text()), shell)
    finally:
        shell.run("make stop")
    promising = [one for one in ran if one.command in dict(PROMISED)]
    assert [one.command for one in promising] == [command for command, _ in PROMISED]
    for one, (_, words) in zip(promising, PROMISED, strict=True):
        assert [word for word in words if word not in one.said] == [], one.said
    assert not {".venv", ".local", ".tools"} & {path.name for path in shell.clone.iterdir()}
