"""The table judged by what is deployed, and by what would be deployed with too much in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tests.judges.deployed import ENVIRONMENTS, GROUPS
from tests.judges.iam.policies import Role, limits, roles, unlisted
from tests.judges.iam.simulator import Case, cases, judged, version
from tests.judges.iam.table import BOUND, LISTED, Row, declared, rows
from tests.judges.iam.widening import Widening, matches, widenings
from tests.judges.verdict import Verdict


def judge() -> Verdict:
    """Every row in every environment, then again with each statement opened.

    Raises:
        NotInstalledError: where it is not installed.
    """
    ours = rows()
    direct = [case for env in ENVIRONMENTS for case in as_deployed(ours, env, roles(env))]
    opened = [(env, widening) for env in ENVIRONMENTS for widening in all_opened(roles(env))]
    tries = [noticing(widening, environment) for environment, widening in opened]
    first, *others = judged([direct, *tries], whole=1)
    noticed = [any(one.is_allowed for one in found) for found in others]
    unnoticed = [one for one, is_noticed in zip(opened, noticed, strict=True) if not is_noticed]
    harmless = list(named(opened, unnoticed))
    findings = [line for group in GROUPS for line in unlisted(group)]
    findings += [str(one) for one in first if one.deviates]
    findings += differences(harmless, declared()["harmless"])
    any_resource = declared()["any_resource"]
    skips = [f"{what}: {why}" for what, why in {**any_resource, **declared()["harmless"]}.items()]
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


def all_opened(by: Mapping[str, Role]) -> Iterator[Widening]:
    """Every statement of an environment's roles opened, and every one of its boundary."""
    for name in LISTED:
        yield from widenings(name, by[name])
    yield from widenings(BOUND, by[BOUND], limits)


def noticing(widening: Widening, environment: str) -> list[Case]:
    """What could notice that a role has too much: what it is refused, the likeliest first.

    No other row can: what the opened statement says nothing of comes out as before.
    """
    services = {action.partition(":")[0] for action in widening.actions}
    own = [
        row
        for row in rows()
        if row.role == widening.role and not row.allowed and matches(row.call, widening.touched)
    ]
    own.sort(key=lambda row: row.call.partition(":")[0] not in services)
    # A role is tried by its policies alone: a boundary would hide that they give too much.
    is_bound = widening.role == BOUND
    opened = widening.opened if is_bound else widening.opened._replace(boundary=None)
    return list(cases(own, environment, opened))


def named(
    opened: Iterable[tuple[str, Widening]], unnoticed: Iterable[tuple[str, Widening]]
) -> Iterator[str]:
    """What makes no row fail, as the table calls it; where it is not always so, whose it is.

    Args:
        opened: what was tried, with its environment.
        unnoticed: what of it made no row fail.
    """
    tried, silent = _whose(opened), _whose(unnoticed)
    for what, whose in silent.items():
        always = whose == tried[what]
        yield from [what] if always else [f"{what} of {one}" for one in sorted(whose)]


def differences(found: Iterable[str], listed: Iterable[str]) -> Iterator[str]:
    """What makes no row fail and is not listed, and what is listed and does."""
    silent, harmless = set(found), set(listed)
    for what in sorted(silent - harmless):
        yield f"{what}: opened, it makes no row fail"
    for what in sorted(harmless - silent):
        yield f"{what} is listed as harmless, and a row notices it"


def _whose(widenings: Iterable[tuple[str, Widening]]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for environment, widening in widenings:
        found.setdefault(widening.name, set()).add(f"{widening.role} in {environment}")
    return found
