"""Accepted findings: each acceptance covers exactly what linters find."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.cloudformation import accepted
from sentry_oms.cloudformation.accepted import AcceptanceError
from tools.lint.accepted import check
from tools.lint.report import AS_WRITTEN, Finding, Place

REASON = "This is allowed on purpose."
IN_DEV = {"in": ["dev"], "reason": REASON}


def bucket(said: Any = None) -> dict[str, Any]:
    """A template with a bucket that accepts rule R1 for a reason."""
    metadata = {"Metadata": {accepted.ACCEPTED: {"R1": said}}} if said else {}
    return {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", **metadata}}}


def many(said: Any, **parts: Any) -> dict[str, Any]:
    """A template that accepts rule R1 in its own Metadata."""
    return {"Metadata": {accepted.ACCEPTED: {"R1": said}}, "Resources": {}, **parts}


def finding(environment: str = "dev", resource: str = "Bucket", rule: str = "R1") -> Finding:
    return Finding(Place(environment, "stack", resource, rule), "asked")


DEV, PROD = finding("dev"), finding("prod")


@pytest.mark.parametrize(
    ("said", "found", "is_open"),
    [
        (None, [DEV], [DEV]),
        (REASON, [DEV, PROD], []),
        (REASON, [DEV, PROD, finding(rule="R2")], [finding(rule="R2")]),
        (REASON, [DEV, PROD, finding(resource="Other")], [finding(resource="Other")]),
        (IN_DEV, [DEV, PROD], [PROD]),
    ],
)
def test_an_acceptance_is_of_a_rule_a_resource_and_environments(
    said: Any, found: list[Finding], is_open: list[Finding]
) -> None:
    template = bucket(said)
    checked = check({("dev", "stack"): template, ("prod", "stack"): template}, found)
    assert checked.open == is_open
    assert checked.accepted == sorted({*found} - {*is_open})
    assert checked.stale == []


@pytest.mark.parametrize(
    ("dev", "prod", "found", "stale"),
    [
        (bucket(REASON), bucket(REASON), [DEV], "prod/stack Bucket accepts R1, which no"),
        (bucket({**IN_DEV, "in": ["dev", "prd"]}), {}, [DEV], "prd/stack Bucket accepts R1, w"),
        (bucket({**IN_DEV, "in": ["dev", "prod"]}), {}, [DEV], "prod/stack Bucket accepts R1,"),
        (many({"resources": "*Queue", "reason": REASON}), {}, [], "dev/stack *Queue accepts"),
    ],
)
def test_an_acceptance_without_a_finding_is_stale(
    dev: Any, prod: Any, found: list[Finding], stale: str
) -> None:
    templates = {("dev", "stack"): dev, ("prod", "stack"): prod or {"Resources": {}}}
    (line,) = check(templates, found).stale
    assert line.startswith(stale)


def test_a_template_accepts_for_many_resources() -> None:
    queues = {"AQueue": {}, "BQueue": {}, "Other": {}}
    template = many({"resources": "*Queue", "reason": REASON}, Resources=queues)
    found = [finding(resource=name) for name in queues]
    given = {("dev", "stack"): template}
    assert check(given, found).open == [finding(resource="Other")]
    assert check(given, found[:1]).stale == ["dev/stack BQueue accepts R1, which no linter finds"]


def test_a_template_accepts_for_an_output() -> None:
    template = many({"resources": ["Outputs.Id"], "reason": REASON}, Outputs={"Id": {}})
    found = [finding(resource="Outputs.Id")]
    assert check({("dev", "stack"): template}, found) == ([], found, [])


def test_the_template_as_written_must_be_named() -> None:
    key, found = (AS_WRITTEN, "stack"), [finding(AS_WRITTEN)]
    assert check({key: bucket(REASON)}, found).open == found
    said = {"in": [AS_WRITTEN], "reason": REASON}
    assert check({key: bucket(said)}, found) == ([], found, [])


def test_rules_of_the_check_are_no_linters() -> None:
    template = {"Resources": {"Bucket": {"Metadata": {accepted.ACCEPTED: {"OMS052": REASON}}}}}
    assert check({("dev", "stack"): template}, []).stale == []


def test_an_acceptance_under_a_condition_is_ignored_as_written() -> None:
    said = {"Fn::If": ["IsProd", {"Ref": "AWS::NoValue"}, REASON]}
    assert accepted.read(bucket(said)) == []


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (bucket("because"), "Bucket, R1: reason: write the reason as a sentence"),
        (bucket({"in": ["dev"]}), "Bucket, R1: reason: Field required"),
        (bucket({**IN_DEV, "inn": []}), "Bucket, R1: inn: Extra inputs are not permitted"),
        (bucket({**IN_DEV, "resources": "*"}), "Bucket, R1: resources: remove it"),
        (many(REASON), "the template, R1: resources: Tuple should have at least 1 item"),
    ],
)
def test_an_invalid_acceptance_is_refused(template: Any, message: str) -> None:
    with pytest.raises(AcceptanceError, match=rf"^Sentry::Accepted of {message}"):
        accepted.read(template)
