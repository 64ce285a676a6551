"""The table judged by what is deployed, and by what would be deployed with too much in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tests.judges.deployed import ENVIRONMENTS, GROUPS
from tests.judges.iam.policies import Role, roles, unlisted
from tests.judges.iam.simulator import Case, cases, judged, version
from tests.judges.iam.table import LISTED, Row, declared, rows
from tests.judges.iam.widening import Widening, widenings
from tests.judges.verdict import Verdict


def judge() -> Verdict:
    """Every row in every environment, then again with each statement opened.

    Raises:
        NotInstalledError: where it is not installed.
    """
    ours = rows()
    direct = [case for env in ENVIRONMENTS for case in as_deployed(ours, env, roles(env))]
    opened = [
        (environment, widening)
        for environment in ENVIRONMENTS
        for name in LISTED
        for widening in widenings(name, roles(environment)[name])
    ]
    tries = [noticing(widening, environment) for environment, widening in opened]
    first, *others = judged([direct, *tries], whole=1)
    unnoticed = [
        (environment, widening)
        for (environment, widening), found in zip(opened, others, strict=True)
        if not any(one.deviates for one in found)
    ]
    findings = [line for group in GROUPS for line in unlisted(group)]
    findings += [str(one) for one in first if one.deviates]
    findings += _unnoticed(unnoticed)
    any_resource, harmless = declared()["any_resource"], declared()["harmless"]
    skips = [f"{what}: {why}" for what, why in {**any_resource, **harmless}.items()]
    summary = [
        f"{len(ours)} rows, {len(direct)} calls in {', '.join(ENVIRONMENTS)}",
        f"{len(opened)} statements opened, {len(opened) - len(unnoticed)} noticed by a row, "
        f"{len(unnoticed)} not: {', '.join(harmless)}",
        f"{len(any_resource)} statements have resource * as they stand: {', '.join(any_resource)}",
        f"{len(findings)} findings",
    ]
    control = f"{len(opened) - len(unnoticed)} of {len(opened)} found"
    return Verdict(f"iam-simulate {version()}", len(ours), findings, skips, summary, control)


def as_deployed(ours: Iterable[Row], environment: str, by: Mapping[str, Role]) -> Iterator[Case]:
    """The rows of every role, as an environment has them."""
    for row in ours:
        yield from cases([row], environment, by[row.role])


def noticing(widening: Widening, environment: str) -> list[Case]:
    """What could notice that a role has too much: what it is refused, the likeliest first."""
    services = {action.partition(":")[0] for action in widening.actions}
    own = [row for row in rows() if row.role == widening.role and not row.allowed]
    own.sort(key=lambda row: row.call.partition(":")[0] not in services)
    # By the policies alone: a boundary would hide that they give too much.
    return list(cases(own, environment, widening.opened._replace(boundary=None)))


def _unnoticed(unnoticed: Iterable[tuple[str, Widening]]) -> Iterator[str]:
    harmless = dict(declared()["harmless"])
    found = set()
    for environment, widening in unnoticed:
        what = f"{widening.sid} {widening.part}"
        found.add(what)
        if what not in harmless:
            yield f"{environment}: {widening} makes no row fail"
    for what in harmless:
        if what not in found:
            yield f"table.yaml: {what} is listed as harmless, and a row notices it"
