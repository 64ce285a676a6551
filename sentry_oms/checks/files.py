"""Rules about files: config and templates can be read, and every environment has every stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sentry_oms.checks.rule import Find, Phase, rule
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project
from sentry_oms.offline.reading import environments
from sentry_oms.offline.source import Source
from sentry_oms.offline.stack_file import Kind


def _refused(kind: Kind, title: str) -> Find:
    """Return a rule's function that yields what reading files refused for one reason."""

    def find(project: Project) -> Iterator[Fault]:
        templates = filter(None, (file.rendering.unreadable for file in project.stacks))
        return (one.fault for one in (*project.unreadable, *templates) if one.kind is kind)

    find.__doc__ = title
    return find


rule(
    "OMS001",
    cause="Jinja, YAML or Sceptre refuses a file of config: an undefined variable, a wrong "
    "indentation, a missing required setting. Sceptre stops at the first such file, on every "
    "command.",
    remedy="correct the file",
    phase=Phase.FILES,
)(_refused(Kind.CONFIG, "Config can be read."))

rule(
    "OMS002",
    cause="A tag is misspelt, or its plugin is not installed. Sceptre ends with a traceback.",
    remedy="correct its name, or install its plugin; README lists the tags",
    phase=Phase.FILES,
)(_refused(Kind.TAG, "Every tag is installed."))

rule(
    "OMS003",
    cause="A tag or `dependencies` names a stack file that is not in config/.",
    remedy="correct the path: it is relative to config/ and ends in .yaml",
    phase=Phase.FILES,
)(_refused(Kind.DEPENDENCY, "Every dependency exists."))

rule(
    "OMS004",
    cause="Stacks read each other's outputs in a circle, so that no stack can be the first.",
    remedy="remove one of these dependencies",
    phase=Phase.FILES,
)(_refused(Kind.CYCLE, "Dependencies form no circle."))


@rule(
    "OMS007",
    cause="A stack was added to one environment, or deleted from it, and not from the others. Only "
    "config.yaml may differ between environments.",
    remedy="copy the file, byte for byte, or delete it everywhere",
    phase=Phase.FILES,
    house=True,
)
def stack_in_every_environment(project: Project) -> Iterator[Fault]:
    """Every environment has every stack file."""
    found = {
        name: _stack_files(project.root / "config" / name) for name in environments(project.root)
    }
    for name, own in found.items():
        for missing in sorted(set[str]().union(*found.values()) - own):
            having = [other for other, theirs in found.items() if missing in theirs]
            verb = "has" if len(having) == 1 else "have"
            message = f"is missing, and {', '.join(having)} {verb} it"
            yield Fault(Source(f"config/{name}/{missing}", ""), "", message)


def _stack_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}


rule(
    "OMS030",
    cause="`template.path` names a file that does not exist.",
    remedy="correct the path: it is relative to templates/",
    phase=Phase.READING,
)(_refused(Kind.TEMPLATE_MISSING, "Every stack's template exists."))

rule(
    "OMS031",
    cause="A template is neither JSON nor YAML, or has no Resources.",
    remedy="correct the template",
    phase=Phase.READING,
)(_refused(Kind.TEMPLATE_MALFORMED, "Every template can be read."))

rule(
    "OMS032",
    cause="A template in Python or Jinja refuses its `sceptre_user_data`: an invalid name of an "
    "exchange, a queue that is listed twice, a misspelt field.",
    remedy="correct sceptre_user_data, or the setting in config.yaml that it comes from",
    phase=Phase.READING,
)(_refused(Kind.TEMPLATE_REFUSED, "Every template can be rendered."))
