"""The runs that are compared: a lifecycle with AWS's durations, and commands without a change."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from sentry_oms.names import stack_name
from tools.bench.command import CommandError, Measured, embedded_aws, paced_sceptre, sceptre
from tools.bench.durations import DELETE_SHARE, MINUTES
from tools.bench.project import ENVIRONMENT, copy, resize_services

LATENCY_SECONDS = 0.12
SECONDS_A_MINUTE = 2.0
"""How long a minute of AWS takes in a lifecycle."""

Run = dict[str, Measured]
"""Each command once, by its name."""


def lifecycle(*, ours: bool) -> Run:
    """Create dev, resize its services and delete it; each stack takes as long as on AWS, scaled.

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
            paced = paced_sceptre(SECONDS_A_MINUTE / 60, command, "-y", ENVIRONMENT)
            return aws.measure(paced, project, holds=holds, delete_share=DELETE_SHARE)

        create = run("launch")
        resize_services(project)
        rollout = run("launch")
        if [name.split("-")[1] for name in rollout.updated] != ["task"] * 3:
            raise CommandError(f"the rollout updated {', '.join(rollout.updated) or 'nothing'}")
        return {"create": create, "rollout": rollout, "delete": run("delete")}


def overhead(times: dict[bool, int]) -> dict[bool, list[Run]]:
    """Run --version, a launch without a change and a diff; each API call takes as long as on AWS.

    Args:
        times: how often, by whether with our executor.

    Raises:
        CommandError: a command failed, or changed a stack.
    """
    commands = {
        "version": sceptre("--version"),
        "noop": sceptre("launch", "-y", ENVIRONMENT),
        "diff": sceptre("diff", ENVIRONMENT),
    }
    with TemporaryDirectory() as work, embedded_aws(Path(work, "aws")) as aws:
        projects = {ours: copy(Path(work, f"project-{ours}"), ours=ours) for ours in times}
        # Twice, because a second launch does what a first one leaves, such as a start of services.
        for _ in range(2):
            aws.measure(commands["noop"], projects[next(iter(times))])

        def run(command: list[str], project: Path) -> Measured:
            measured = aws.measure(command, project, latency_seconds=LATENCY_SECONDS)
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
