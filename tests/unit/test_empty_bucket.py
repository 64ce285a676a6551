"""What the hook ``!empty_bucket`` promises; the AWS side is a stub."""

from __future__ import annotations

from typing import Any

import pytest
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.empty_bucket import BucketNotEmptied, EmptyBucket
from tests.unit.tags import calls, refusal, stack

ARGUMENT = {"resource": "ArtifactBucket", "enabled": True}
RESOURCE = {"StackResourceDetail": {"PhysicalResourceId": "bucket"}}
HELD = {
    "Versions": [{"Key": "a", "VersionId": "1", "Size": 1}],
    "DeleteMarkers": [{"Key": "b", "VersionId": "2"}],
}
EMPTY: dict[str, Any] = {}


def owner(*responses: Any) -> Any:
    owner = stack("dev/pipeline-oms", *responses)
    owner.external_name = "sentry-pipeline-oms-dev"
    return owner


def test_versions_and_delete_markers_go_until_none_is_left() -> None:
    double = owner(RESOURCE, HELD, {}, HELD, {}, EMPTY)
    EmptyBucket(ARGUMENT, double).run()
    deleted = [kwargs for command, kwargs in calls(double) if command == "delete_objects"]
    objects = [{"Key": "a", "VersionId": "1"}, {"Key": "b", "VersionId": "2"}]
    assert deleted == [{"Bucket": "bucket", "Delete": {"Objects": objects}}] * 2


def test_where_it_is_not_enabled_nothing_is_asked() -> None:
    double = owner()
    EmptyBucket({**ARGUMENT, "enabled": False}, double).run()
    assert calls(double) == []


@pytest.mark.parametrize(
    "responses",
    [
        pytest.param((refusal("ValidationError"),), id="the stack is gone"),
        pytest.param(({"StackResourceDetail": {}},), id="the bucket was never made"),
        pytest.param((RESOURCE, refusal("NoSuchBucket")), id="the bucket is gone"),
        pytest.param((RESOURCE, EMPTY), id="the bucket is empty"),
    ],
)
def test_where_nothing_is_left_nothing_is_deleted(responses: tuple[Any, ...]) -> None:
    double = owner(*responses)
    EmptyBucket(ARGUMENT, double).run()
    assert "delete_objects" not in [command for command, _ in calls(double)]


def test_what_s3_refuses_is_named() -> None:
    errors = {"Errors": [{"Key": "a", "Message": "Access Denied"}]}
    with pytest.raises(BucketNotEmptied, match="refused to delete 1 object.* 'a': Access Denied"):
        EmptyBucket(ARGUMENT, owner(RESOURCE, HELD, errors)).run()


@pytest.mark.parametrize("argument", [{"resource": "X"}, {"enabled": True}, "ArtifactBucket"])
def test_a_wrong_argument_is_named(argument: Any) -> None:
    with pytest.raises(InvalidHookArgumentValueError, match=r"^dev/pipeline-oms: !empty_bucket "):
        EmptyBucket(argument, owner()).run()
