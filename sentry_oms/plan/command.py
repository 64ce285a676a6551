"""From the words of a command line to a plan."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from sceptre.exceptions import SceptreException

from sentry_oms.checks import check_project
from sentry_oms.checks.finding import Finding
from sentry_oms.checks.project import Project
from sentry_oms.checks.reading import UnknownEnvironment, read_environment
from sentry_oms.checks.stack_file import StackFile
from sentry_oms.executor.pace import PACE
from sentry_oms.executor.words import count
from sentry_oms.plan import report
from sentry_oms.plan.change import Plan
from sentry_oms.plan.markdown import markdown
from sentry_oms.plan.run import plan
from sentry_oms.plan.stack import Planner
from sentry_oms.plan.text import show


class NotChecked(SceptreException):
    """The offline check has findings, so that AWS was not asked."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{count(len(findings), 'finding')}: nothing was asked of AWS")
        self.findings = findings


class UnknownStack(SceptreException):
    """There is no such environment, or stack in it."""


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
    target = f"{environment}/{_bare(environment, stack)}" if stack else environment
    return plan(project, files, Planner(PACE, time.monotonic, time.sleep), target)


def printed(found: Plan, style: str) -> str:
    """The plan as text, markdown or json."""
    if style == "markdown":
        return markdown(found)
    if style == "json":
        return report.of(found).model_dump_json(indent=2) + "\n"
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True, color_system=None)
    with console.capture() as captured:
        show(found, console)
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


def _bare(environment: str, stack: str) -> str:
    """``sqs`` of ``sqs``, ``dev/sqs`` and ``dev/sqs.yaml``."""
    return stack.removesuffix(".yaml").removeprefix(f"{environment}/")
