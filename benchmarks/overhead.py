"""Commands that change nothing, where every API call takes as long as on AWS."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.aws import Aws, embedded_aws
from benchmarks.command import Measured, many_environments, measure, sceptre
from benchmarks.project import ENVIRONMENT, EVERYTHING, copy, copy_of_ten

LATENCY_SECONDS = 0.12


class ChangedError(Exception):
    """A command that was to change nothing did."""


class Overhead(NamedTuple):
    """What a variant takes, in the order of the runs."""

    noop: list[Measured]
    diff: list[Measured]


def version_seconds(runs: int) -> float:
    """The median of what ``sceptre --version`` takes, which every command takes too."""
    with TemporaryDirectory() as work, embedded_aws(Path(work, "aws")) as aws:
        return median(measure(sceptre("--version"), Path(work), aws).seconds for _ in range(runs))


def of_an_environment(runs: dict[bool, int]) -> dict[bool, Overhead]:
    """A launch that changes nothing, and a diff.

    Args:
        runs: how often, by whether it is ours.
    """
    with TemporaryDirectory() as work, embedded_aws(Path(work, "aws")) as aws:
        projects = {ours: copy(Path(work, f"project-{ours}"), ours=ours) for ours in runs}
        launch, diff = sceptre("launch", "-y", ENVIRONMENT), sceptre("diff", ENVIRONMENT)
        _launch(launch, projects[next(iter(runs))], aws)
        return {
            ours: Overhead(
                [_slowly(launch, projects[ours], aws) for _ in range(times)],
                [_slowly(diff, projects[ours], aws) for _ in range(times)],
            )
            for ours, times in runs.items()
        }


def of_ten_environments(variants: list[bool]) -> dict[bool, Measured]:
    """A launch that changes nothing of ten times as many stacks, by whether it is ours."""
    with TemporaryDirectory() as work, embedded_aws(Path(work, "aws")) as aws:
        projects = {
            ours: copy_of_ten(Path(work, f"project-{ours}"), ours=ours) for ours in variants
        }
        _launch(many_environments("launch", "-y", EVERYTHING), projects[variants[0]], aws)
        return {
            ours: _slowly(many_environments("launch", "-y", EVERYTHING), projects[ours], aws)
            for ours in variants
        }


def _launch(command: list[str], project: Path, aws: Aws) -> None:
    """Twice: what a first launch leaves to do, such as a start of services, is done by a second."""
    for _ in range(2):
        aws.control()
        measure(command, project, aws)


def _slowly(command: list[str], project: Path, aws: Aws) -> Measured:
    aws.control(latency_seconds=LATENCY_SECONDS)
    measured = measure(command, project, aws)
    if measured.net_seconds is not None:
        raise ChangedError(f"{' '.join(command)} changed a stack")
    return measured
