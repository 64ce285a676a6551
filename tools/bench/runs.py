"""The runs that are compared: a lifecycle with AWS's durations, and commands without a change."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sentry_oms.names import stack_name
from tools.bench.aws import ROOT, CommandError, Measured, embedded_aws, measure
from tools.bench.durations import DELETE_SHARE, MINUTES

ENVIRONMENT = "dev"
LATENCY_SECONDS = 0.12

SECONDS_A_MINUTE = 2.0
"""The seconds that a minute of AWS takes in a lifecycle."""

SCEPTRE = (str(Path(sys.executable).with_name("sceptre")), "--no-colour")

PACED = (
    *(sys.executable, "-m", "tools.bench.paced_sceptre"),
    *(str(SECONDS_A_MINUTE / 60), "--no-colour"),
)

Run = dict[str, Measured]
"""One measurement of each command, by its name."""


def copy(directory: Path, *, ours: bool) -> Path:
    """Copy the project to a new directory, with this project's executor or stock Sceptre's."""
    for name in ("config", "templates"):
        shutil.copytree(ROOT / name, directory / name)
    config = directory / "config/config.yaml"
    stock = re.sub(r"^executor:.*\n", "", config.read_text(), flags=re.MULTILINE)
    config.write_text(stock + ("\nexecutor: ready_queue\n" if ours else ""))
    return directory


def resize_services(project: Path) -> None:
    """Change settings that update the three task stacks only.

    Raises:
        ValueError: config.yaml has no such settings.
    """
    file = project / "config/config.yaml"
    sizes = {"cpu": '"1024"', "memory": '"4096"'}
    setting = re.compile(r"^(\w+_(cpu|memory)): .*$", re.MULTILINE)
    text, count = setting.subn(lambda found: f"{found[1]}: {sizes[found[2]]}", file.read_text())
    if count != 6:
        raise ValueError(f"{file} sets {count} sizes of services, expected 6")
    file.write_text(text)


def lifecycle(*, ours: bool) -> Run:
    """Create dev, resize its services and delete it, with AWS's durations.

    Raises:
        CommandError: a command failed, or the rollout updated other stacks than the services'.
    """
    holds = {
        stack_name(pattern, ENVIRONMENT): minutes * SECONDS_A_MINUTE
        for pattern, minutes in MINUTES.items()
    }
    with TemporaryDirectory() as work, embedded_aws(Path(work, "aws")) as aws:
        project = copy(Path(work, "project"), ours=ours)

        def run(command: str) -> Measured:
            paced = [*PACED, command, "-y", ENVIRONMENT]
            return measure(aws, paced, project, holds=holds, delete_share=DELETE_SHARE)

        create = run("launch")
        resize_services(project)
        rollout = run("launch")
        if [name.split("-")[1] for name in rollout.updated] != ["task"] * 3:
            raise CommandError(f"the rollout updated {', '.join(rollout.updated) or 'nothing'}")
        return {"create": create, "rollout": rollout, "delete": run("delete")}


def overhead(times: dict[bool, int]) -> dict[bool, list[Run]]:
    """Run --version, a launch without a change and a diff, with the latency of AWS's API.

    Args:
        times: the number of runs, by whether with this project's executor.

    Raises:
        CommandError: a command failed, or changed a stack.
    """
    commands = {
        "version": [*SCEPTRE, "--version"],
        "noop": [*SCEPTRE, "launch", "-y", ENVIRONMENT],
        "diff": [*SCEPTRE, "diff", ENVIRONMENT],
    }
    with TemporaryDirectory() as work, embedded_aws(Path(work, "aws")) as aws:
        projects = {ours: copy(Path(work, f"project-{ours}"), ours=ours) for ours in times}
        # Twice, because hooks of the first launch leave work for the second, such as a service.
        for _ in range(2):
            measure(aws, commands["noop"], projects[True])

        def run(command: list[str], project: Path) -> Measured:
            measured = measure(aws, command, project, latency_seconds=LATENCY_SECONDS)
            if measured.net_seconds is not None:
                raise CommandError(f"{' '.join(command)} changed a stack")
            return measured

        return {
            ours: [
                {name: run(command, projects[ours]) for name, command in commands.items()}
                for _ in range(often)
            ]
            for ours, often in times.items()
        }
