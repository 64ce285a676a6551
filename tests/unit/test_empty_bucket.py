"""``!empty_bucket``."""

from __future__ import annotations

from typing import Any

import pytest

from hooks.empty_bucket import BucketNotEmptied, EmptyBucket
from tests.unit.tags import calls, commands, refusal, stack

ARGUMENT = {"resource": "ArtifactBucket", "enabled": True}
RESOURCE = {"StackResourceDetail": {"PhysicalResourceId": "bucket"}}
FULL = {
    "Versions": [{"Key": "a", "VersionId": "1", "Size": 1}],
    "DeleteMarkers": [{"Key": "b", "VersionId": "2"}],
}
EMPTY: dict[str, Any] = {}


def run(*responses: Any, **argument: Any) -> Any:
    owner = stack("dev/pipeline-oms", *responses)
    EmptyBucket({**ARGUMENT, **argument}, owner).run()
    return owner


def test_versions_and_delete_markers_are_deleted_until_the_bucket_is_empty() -> None:
    owner = run(RESOURCE, FULL, {}, FULL, {}, EMPTY)
    deleted = [kwargs for command, kwargs in calls(owner) if command == "delete_objects"]
    objects = [{"Key": "a", "VersionId": "1"}, {"Key": "b", "VersionId": "2"}]
    assert deleted == [{"Bucket": "bucket", "Delete": {"Objects": objects}}] * 2


def test_a_disabled_hook_calls_nothing() -> None:
    assert calls(run(enabled=False)) == []


@pytest.mark.parametrize(
    "responses",
    [
        pytest.param((refusal("ValidationError"),), id="the stack is deleted"),
        pytest.param(({"StackResourceDetail": {}},), id="the bucket was never created"),
        pytest.param((RESOURCE, refusal("NoSuchBucket")), id="the bucket is deleted"),
        pytest.param((RESOURCE, EMPTY), id="the bucket is empty"),
    ],
)
def test_nothing_is_deleted_if_nothing_is_left(responses: tuple[Any, ...]) -> None:
    assert "delete_objects" not in commands(run(*responses))


def test_an_object_that_s3_does_not_delete_is_reported() -> None:
    errors = {"Errors": [{"Key": "a", "Message": "Access Denied"}]}
    with pytest.raises(BucketNotEmptied, match="1 object.* 'a': Access Denied"):
        run(RESOURCE, FULL, errors)
