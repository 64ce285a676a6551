"""From the words of a command line to a plan."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from sceptre.exceptions import SceptreException

from sentry_oms.checks import check_project
from sentry_oms.checks.finding import Finding
from sentry_oms.executor.pace import PACE
from sentry_oms.executor.words import count
from sentry_oms.offline.project import Project
from sentry_oms.offline.reading import (
    UnknownEnvironment,
    groups,
    read_environment,
    refuse_unknown,
)
from sentry_oms.offline.stack_file import StackFile
from sentry_oms.plan import report
from sentry_oms.plan.change import Plan
from sentry_oms.plan.markdown import markdown
from sentry_oms.plan.run import plan
from sentry_oms.plan.said import NotPlanned, PlanResult
from sentry_oms.plan.stack import Planner
from sentry_oms.plan.text import show


class NotChecked(SceptreException):
    """The offline check has findings, so that AWS was not asked."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{count(len(findings), 'finding')}: nothing was asked of AWS")
        self.findings = findings


class UnknownStack(SceptreException):
    """There is no such environment, or stack in it."""


def targets(root: Path, names: Sequence[str]) -> list[tuple[str, str | None]]:
    """What the words of the command line name: environments, or one and a stack in it.

    Args:
        root: of the project.
        names: ``dev``, ``dev task-oms``, or ``dev staging prod``; the account's own like one.

    Returns:
        Each environment with the stack that is wanted of it, or None.

    Raises:
        UnknownStack: a word is no environment.
    """
    if len(names) == 2 and names[1] not in groups(root):
        return [(names[0], names[1])]
    try:
        for name in names:
            refuse_unknown(root, name)
    except UnknownEnvironment as unknown:
        raise UnknownStack(str(unknown)) from None
    return [(name, None) for name in dict.fromkeys(names)]


def plan_target(root: Path, environment: str, stack: str | None) -> PlanResult:
    """The plan, or why there is none.

    Raises:
        UnknownStack: naming those that there are.
        InterruptedPlanError: Ctrl-C.
    """
    target = _target(environment, stack)
    try:
        return planned(root, environment, stack)
    except UnknownStack:
        raise
    except NotChecked as wrong:
        return NotPlanned(target, str(wrong), tuple(map(str, wrong.findings)))
    except (SceptreException, BotoCoreError, ClientError) as error:
        return NotPlanned(target, " ".join(str(error).split()))


def planned(root: Path, environment: str, stack: str | None) -> Plan:
    """The plan of an environment, or of a stack in it and what that depends on.

    Raises:
        NotChecked: config has mistakes.
        UnknownStack: naming those that there are.
        InterruptedPlanError: Ctrl-C.
    """
    try:
        project = read_environment(root, environment)
    except UnknownEnvironment as unknown:
        raise UnknownStack(str(unknown)) from None
    findings = check_project(project)
    if findings:
        raise NotChecked(findings)
    files = _wanted(project, environment, stack)
    planner = Planner(PACE, time.monotonic, time.sleep)
    return plan(project, files, planner, _target(environment, stack))


def render(said: Sequence[PlanResult], style: str) -> str:
    """What is said, in one text: json of the plan, text of the plans, or markdown of all."""
    if style == "markdown":
        return markdown(said)
    plans = [one for one in said if isinstance(one, Plan)]
    if style == "json":
        return "".join(report.of(one).model_dump_json(indent=2) + "\n" for one in plans)
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True, color_system=None)
    with console.capture() as captured:
        for one in plans:
            show(one, console)
    return captured.get()


def _wanted(project: Project, environment: str, stack: str | None) -> list[StackFile]:
    if stack is None:
        return list(project.stacks)
    name = f"{environment}/{_bare(environment, stack)}"
    found = [file for file in project.stacks if file.name == name]
    if not found:
        names = ", ".join(file.name.removeprefix(f"{environment}/") for file in project.stacks)
        raise UnknownStack(f"'{stack}' is not in {environment}: its stacks are {names}")
    return found


def _target(environment: str, stack: str | None) -> str:
    return f"{environment}/{_bare(environment, stack)}" if stack else environment


def _bare(environment: str, stack: str) -> str:
    """``sqs`` of ``sqs``, ``dev/sqs`` and ``dev/sqs.yaml``."""
    return stack.removesuffix(".yaml").removeprefix(f"{environment}/")
