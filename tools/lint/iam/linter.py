"""The table judged by what is deployed, and by what would be deployed with too much in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sentry_oms.names import ENVIRONMENTS
from tools.lint.deployed import GROUPS
from tools.lint.iam.narrowing import Narrowing, narrowings
from tools.lint.iam.policies import Role, limits, roles, unlisted
from tools.lint.iam.simulator import Case, Judged, cases, judged, version
from tools.lint.iam.table import BOUND, LISTED, Row, declared, rows
from tools.lint.iam.widening import Widening, matches, widenings
from tools.lint.verdict import Verdict

Changed = Widening | Narrowing
"""A statement that is not as it is deployed."""


def judge() -> Verdict:
    """Every row in every environment; then with each statement opened, and with each taken away.

    Raises:
        NotInstalledError: where it is not installed.
    """
    ours = rows()
    direct = [case for env in ENVIRONMENTS for case in as_deployed(ours, env, roles(env))]
    opened = [(env, widening) for env in ENVIRONMENTS for widening in all_opened(roles(env))]
    taken = [(env, one) for env in ENVIRONMENTS for one in narrowings(roles(env), env)]
    tries = [noticing(widening, environment) for environment, widening in opened]
    groups = [direct, *(one.cases for _, one in taken), *tries]
    first, *others = judged(groups, whole=1 + len(taken))
    unmissed = list(_unmissed(taken, others[: len(taken)]))
    unnoticed = list(_unnoticed(opened, others[len(taken) :]))
    harmless = [*named(opened, unnoticed), *named(taken, unmissed)]
    findings = [line for group in GROUPS for line in unlisted(group)]
    findings += [str(one) for one in first if one.deviates]
    findings += differences(harmless, declared()["harmless"])
    any_resource = declared()["any_resource"]
    skips = [f"{what}: {why}" for what, why in {**any_resource, **declared()["harmless"]}.items()]
    summary = [
        f"{len(ours)} rows, {len(direct)} calls in {', '.join(ENVIRONMENTS)}",
        f"{len(opened)} statements opened, {len(opened) - len(unnoticed)} noticed by a row, "
        f"{len(unnoticed)} not: {', '.join(harmless)}",
        f"{len(taken)} statements taken away, {len(taken) - len(unmissed)} missed by a row",
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


def _unmissed(
    taken: Iterable[tuple[str, Narrowing]], found: Iterable[Iterable[Judged]]
) -> Iterator[tuple[str, Narrowing]]:
    for one, verdicts in zip(taken, found, strict=True):
        if all(verdict.is_allowed for verdict in verdicts):
            yield one


def _unnoticed(
    opened: Iterable[tuple[str, Widening]], found: Iterable[Iterable[Judged]]
) -> Iterator[tuple[str, Widening]]:
    for one, verdicts in zip(opened, found, strict=True):
        if not any(verdict.is_allowed for verdict in verdicts):
            yield one


def named(
    tried: Iterable[tuple[str, Changed]], unnoticed: Iterable[tuple[str, Changed]]
) -> Iterator[str]:
    """What makes no row fail, as the table calls it; where it is not always so, whose it is.

    Args:
        tried: what was opened or taken away, with its environment.
        unnoticed: what of it made no row fail.
    """
    all_of_it = _whose(tried)
    for what, whose in _whose(unnoticed).items():
        always = whose == all_of_it[what]
        yield from [what] if always else [f"{what} of {one}" for one in sorted(whose)]


def differences(found: Iterable[str], listed: Iterable[str]) -> Iterator[str]:
    """What makes no row fail and is not listed, and what is listed and does."""
    silent, harmless = set(found), set(listed)
    for what in sorted(silent - harmless):
        yield f"{what}: it makes no row fail"
    for what in sorted(harmless - silent):
        yield f"{what} is listed as harmless, and a row notices it"


def _whose(changes: Iterable[tuple[str, Changed]]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for environment, change in changes:
        found.setdefault(change.name, set()).add(f"{change.role} in {environment}")
    return found
