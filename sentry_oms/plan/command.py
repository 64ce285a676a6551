"""Plan the targets of a command line, and render the plans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from sceptre.exceptions import SceptreException

from sentry_oms.checks import check_project
from sentry_oms.executor.words import count
from sentry_oms.offline.project import Project
from sentry_oms.offline.reading import (
    UnknownEnvironment,
    groups,
    read_environment,
    refuse_unknown,
)
from sentry_oms.plan import report
from sentry_oms.plan.change import NotPlanned, Plan, PlanResult
from sentry_oms.plan.markdown import markdown
from sentry_oms.plan.orphans import orphans
from sentry_oms.plan.run import plan
from sentry_oms.plan.text import lines


class UnknownStack(UnknownEnvironment):
    """The environment has no such stack."""


def targets(root: Path, names: Sequence[str]) -> list[tuple[str, str | None]]:
    """Return each environment on the command line, with the wanted stack or None.

    Args:
        root: of the project.
        names: ``dev``, ``dev task-oms``, or ``dev staging prod``; bootstrap counts as environment.

    Raises:
        UnknownEnvironment: a name is not an environment; the message lists the environments.
    """
    if len(names) == 2 and names[1] not in groups(root):
        return [(names[0], names[1])]
    for name in names:
        refuse_unknown(root, name)
    return [(name, None) for name in dict.fromkeys(names)]


def plan_target(root: Path, environment: str, stack: str | None) -> PlanResult:
    """Plan an environment, or a stack in it with what that depends on.

    Raises:
        UnknownEnvironment: the environment or the stack does not exist.
        InterruptedPlanError: Ctrl-C.
    """
    # The stack may be written as sqs, dev/sqs or dev/sqs.yaml.
    name = stack and stack.removesuffix(".yaml").removeprefix(f"{environment}/")
    target = f"{environment}/{name}" if name else environment
    try:
        project = read_environment(root, environment)
        findings = check_project(project)
        if findings:
            reason = f"{count(len(findings), 'finding')}: AWS was not asked"
            return NotPlanned(target, reason, tuple(map(str, findings)))
        files = [file for file in project.stacks if name is None or file.name == target]
        if name and not files:
            names = ", ".join(file.name.removeprefix(f"{environment}/") for file in project.stacks)
            raise UnknownStack(f"'{stack}' is not in {environment}: its stacks are {names}")
        found = plan(project, files, target)
        return found if name else _with_orphans(found, project)
    except UnknownEnvironment:
        raise
    except (SceptreException, BotoCoreError, ClientError) as error:
        return NotPlanned(target, " ".join(str(error).split()))


def _with_orphans(plan: Plan, project: Project) -> Plan:
    stacks = [file.stack for file in project.stacks]
    known = {file.stack.external_name for file in project.known.values()}
    found, reason = orphans(stacks, known, plan.target)
    return plan.model_copy(update={"orphans": found, "notes": (reason,) if reason else ()})


def render(results: Sequence[PlanResult], style: str) -> str:
    """Return the results as one text: json or text of the plans, or markdown of all."""
    if style == "markdown":
        return markdown(results)
    plans = [one for one in results if isinstance(one, Plan)]
    if style == "json":
        return "".join(report.of(one).model_dump_json(indent=2) + "\n" for one in plans)
    return "".join(f"{words}\n" for one in plans for words, _ in lines(one))
