"""``oms``: the commands that Sceptre lacks. It only reads arguments and prints."""

from __future__ import annotations

import logging
import os
from datetime import datetime, timezone
from pathlib import Path

import boto3
import click
from rich.console import Console

from sentry_oms.local import environment, summary
from sentry_oms.local.instance import FIRST_PORT, Instance, LocalError

# Sceptre, networkx and what imports them are imported in the commands that need them: they take
# longer to import than `oms local` takes to run.


class OneLine(click.ClickException):
    """A failure that is printed as one line."""

    def show(self, file: object = None) -> None:  # noqa: ARG002
        """Print it on standard error, with the program's name as prefix."""
        click.echo(f"oms: {self.format_message()}", err=True)


class Group(click.Group):
    """A group whose commands report a ``LocalError`` as one line."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LocalError as error:
            raise OneLine(str(error)) from None


@click.group(cls=Group)
def main() -> None:
    """Sentry OMS: the commands that Sceptre lacks."""


@main.command()
@click.argument("environment", metavar="ENV")
@click.option(
    "--write",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Put the picture into a Markdown file with markers, and not on the screen.",
)
def graph(environment: str, write: Path | None) -> None:
    """Draw the stacks of ENV, layer by layer, as Mermaid; does not call AWS."""
    from sceptre.exceptions import SceptreException

    from sentry_oms.graph import NoMarkersError, mermaid, written_into
    from sentry_oms.offline.dependencies import dependencies

    try:
        picture = mermaid(dependencies(Path.cwd(), environment), environment)
        if write:
            write.write_text(written_into(write.read_text(), picture, environment))
        else:
            click.echo(picture)
    except (SceptreException, NoMarkersError) as error:
        raise OneLine(str(error)) from None


@main.command()
@click.argument("name", metavar="ENV")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For a person, a program, or GitHub's log.",
)
@click.pass_context
def check(ctx: click.Context, name: str, style: str) -> None:
    """Check the config of ENV without calling AWS; exit 1 if it has mistakes."""
    from sentry_oms.checks import RULES, examine, report
    from sentry_oms.offline.reading import UnknownEnvironment, read_environment

    # The finding has what Sceptre logs of a template that fails.
    logging.getLogger("sceptre").addHandler(logging.NullHandler())
    try:
        project = read_environment(Path(), name)
    except UnknownEnvironment as unknown:
        raise OneLine(str(unknown)) from None
    findings = examine(project)
    lines = {
        "text": lambda: report.text(findings, name, len(project.stacks), len(RULES)),
        "json": lambda: report.as_json(findings),
        "github": lambda: report.github(findings),
    }[style]()
    for line in lines:
        click.echo(line)
    ctx.exit(1 if any(finding.accepted is None for finding in findings) else 0)


@main.command()
@click.argument("names", metavar="ENV [STACK] | ENV ...", nargs=-1, required=True)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="For a person, a pull request, or a program.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write it to a file, and print the text on the screen.",
)
@click.option(
    "--save",
    "saved",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Save it for a launch of exactly this plan: OMS_PLAN=FILE sceptre launch ENV.",
)
@click.pass_context
def plan(
    ctx: click.Context,
    names: tuple[str, ...],
    style: str,
    output: Path | None,
    saved: Path | None,
) -> None:
    """Show the changes of a launch of ENV, or of STACK in it, by change sets that are then deleted.

    Several environments are planned one after the other, and printed in one text.

    Exit 0: no change; 1: an error; 2: changes; 3: changes that replace or remove state. For several
    environments, an error goes before a loss, and that before other changes.
    """
    from sceptre.exceptions import SceptreException

    from sentry_oms.offline.reading import UnknownEnvironment
    from sentry_oms.plan.change import NotPlanned, PlanResult, worst_exit
    from sentry_oms.plan.command import plan_target, render, targets
    from sentry_oms.plan.run import InterruptedPlanError
    from sentry_oms.plan.saving import save
    from sentry_oms.plan.text import show

    logging.getLogger("sceptre").addHandler(logging.NullHandler())
    for option, path in (("--output", output), ("--save", saved)):
        if path and not path.parent.is_dir():
            raise OneLine(f"{option}: there is no directory {path.parent}")
    waiting = Console(stderr=True)
    results: list[PlanResult] = []
    try:
        wanted = targets(Path(), names)
        if style == "json" and len(wanted) > 1:
            raise OneLine("--format json holds one plan: name one environment")
        if saved and len(wanted) > 1:
            raise OneLine("--save holds one plan: name one environment")
        for environment, stack in wanted:
            with waiting.status("asking CloudFormation ..."):
                results.append(plan_target(Path(), environment, stack))
    except UnknownEnvironment as unknown:
        raise OneLine(str(unknown)) from None
    except InterruptedPlanError as interrupted:
        click.echo("Interrupted: no change set is left.", err=True)
        ctx.exit(interrupted.exit_code)
    text = render(results, style)
    if output and text:
        output.write_text(text)
    console = Console(highlight=False, soft_wrap=True)
    for one in results:
        if isinstance(one, NotPlanned):
            which = f"{one.target}: " if len(results) > 1 else ""
            for line in (*one.findings, f"oms: {which}{one.reason}"):
                click.echo(line, err=True)
        elif output or style == "text":
            show(one, console)
    if not output and style != "text":
        click.echo(text, nl=False)
    if saved:
        try:
            save(results[0], saved)
        except SceptreException as error:
            raise OneLine(str(error)) from None
    ctx.exit(worst_exit(results).value)


@main.command()
@click.argument("name", metavar="ENV")
@click.option("-y", "--yes", "is_confirmed", is_flag=True, help="Do not ask.")
def unlock(name: str, is_confirmed: bool) -> None:
    """Show who holds the launch lock of ENV, and remove it after a question."""
    from botocore.exceptions import BotoCoreError, ClientError
    from sceptre.exceptions import SceptreException

    from sentry_oms.executor import connections
    from sentry_oms.executor.launch_lock import locks_of
    from sentry_oms.offline.reading import UnknownEnvironment, read_environment

    logging.getLogger("sceptre").addHandler(logging.NullHandler())
    try:
        files = read_environment(Path(), name).stacks
        stacks = connections.prepare_all(file.stack for file in files)
        locks = [(lock, holder) for lock in locks_of(stacks) if (holder := lock.read())]
        if not locks:
            click.echo(f"{name} is not locked.")
        for lock, holder in locks:
            click.echo(f"{name} is locked by {holder.described(datetime.now(timezone.utc))}.")
            if not is_confirmed:
                click.confirm("Has that command died? Remove its lock", abort=True)
            is_removed = lock.release(holder)
            click.echo("The lock is removed." if is_removed else "It was released meanwhile.")
    except (UnknownEnvironment, SceptreException, BotoCoreError, ClientError) as error:
        raise OneLine(" ".join(str(error).split())) from None


@main.group()
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    envvar="OMS_LOCAL_DIR",
    default=Path(".local"),
    show_default=True,
    help="For its pid, log and state.",
)
@click.pass_context
def local(ctx: click.Context, directory: Path) -> None:
    """Manage the embedded AWS of this machine."""
    ctx.obj = Instance(directory)


@local.command()
@click.option("--port", envvar="OMS_LOCAL_PORT", default=FIRST_PORT, show_default=True)
@click.pass_obj
def up(instance: Instance, port: int) -> None:
    """Start it, at PORT or the next free one, unless it is running."""
    record, result = instance.up(port)
    click.echo(f"The embedded AWS {result}: {record.endpoint}")


@local.command()
@click.pass_obj
def down(instance: Instance) -> None:
    """Stop it; its state is kept for the next start."""
    click.echo("The embedded AWS " + ("ended." if instance.down() else "was not running."))


@local.command()
@click.pass_obj
def env(instance: Instance) -> None:
    """Print the variables for a shell and nothing else: eval "$(oms local env)".

    They include those of the file .variables, unless they are set already.
    """
    endpoint = instance.running().endpoint
    more = environment.variables(Path(".variables"), os.environ)
    for line in environment.shell_lines(endpoint, os.environ, more):
        click.echo(line)


@local.command()
@click.argument("name", metavar="[ENV]", default="dev")
@click.option("--since", type=float, help="Seconds since 1970: show what has changed since then.")
@click.pass_obj
def status(instance: Instance, name: str, since: float | None) -> None:
    """Show the stacks of ENV on it, their outputs, and how to reach it."""
    endpoint = instance.running().endpoint
    isolated = environment.isolated(endpoint, os.environ)
    os.environ.clear()
    os.environ.update(isolated)
    stacks = summary.stacks_of(boto3.client("cloudformation"), name)
    waiting = summary.waiting_services(boto3.client("ecs"), name)
    files = Path("config", name).glob("*.yaml")
    expected = [path.stem for path in files if path.stem != "config"]
    notes = summary.notes(waiting, expected, stacks, name)
    moment = None if since is None else datetime.fromtimestamp(since, tz=timezone.utc)
    summary.show(Console(), stacks, name, endpoint, moment, notes)
