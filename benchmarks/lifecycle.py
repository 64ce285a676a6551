"""Create, rollout and delete of an environment whose stacks take as long as on AWS, scaled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.aws import embedded_aws
from benchmarks.command import Measured, measure, paced_sceptre
from benchmarks.durations import DELETE_SHARE, MINUTES
from benchmarks.project import ENVIRONMENT, copy, resize_services
from sentry_oms.names import stack_name


class RolloutError(Exception):
    """The rollout updated other stacks than the three services."""


@dataclass(frozen=True)
class Lifecycle:
    """One environment from nothing to nothing."""

    create: Measured
    rollout: Measured
    delete: Measured


def run(seconds_a_minute: float, *, ours: bool) -> Lifecycle:
    """Create from empty, resize the services, delete; on an embedded AWS of its own.

    Raises:
        CommandError: a command failed.
        RolloutError: the change of size updated other stacks than it should.
    """
    factor = seconds_a_minute / 60
    holds = {
        stack_name(pattern, ENVIRONMENT): minutes * seconds_a_minute
        for pattern, minutes in MINUTES.items()
    }
    with TemporaryDirectory() as work, embedded_aws(Path(work, "aws")) as aws:
        project = copy(Path(work, "project"), ours=ours)

        def measured(command: str) -> Measured:
            aws.control(holds=holds, delete_share=DELETE_SHARE)
            return measure(paced_sceptre(factor, command, "-y", ENVIRONMENT), project, aws)

        create = measured("launch")
        resize_services(project)
        rollout = measured("launch")
        if {name.split("-")[1] for name in rollout.updated} != {"task"} or len(
            rollout.updated
        ) != 3:
            raise RolloutError(f"the rollout updated {', '.join(rollout.updated) or 'nothing'}")
        return Lifecycle(create, rollout, measured("delete"))
