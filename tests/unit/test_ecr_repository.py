"""What the hook ``!ecr_repository`` promises; the AWS side is a stub."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.ecr_repository import EcrRepository, RepositoryMismatch, lifecycle
from sentry_oms.aws.view import VIEW, StackKey
from tests.unit.tags import calls, refusal, stack

KEY = "arn:aws:kms:us-east-1:000000000000:key/1"
AS_WANTED = {
    "repositoryArn": "arn:repository",
    "imageScanningConfiguration": {"scanOnPush": True},
    "imageTagMutability": "IMMUTABLE",
    "encryptionConfiguration": {"encryptionType": "AES256"},
}
POLICY = {"lifecyclePolicyText": json.dumps(lifecycle(50))}
TAGS = {"tags": [{"Key": "Project", "Value": "sentry-oms"}, {"Key": "Other", "Value": "x"}]}
READS = ["describe_repositories", "get_lifecycle_policy", "list_tags_for_resource"]


def described(**changes: Any) -> dict[str, Any]:
    return {"repositories": [{**AS_WANTED, **changes}]}


def run(argument: Any, *responses: Any) -> list[tuple[str, dict[str, Any]]]:
    owner = stack("dev/task-oms", *responses)
    EcrRepository(argument, owner).run()
    return calls(owner)


def test_a_missing_repository_is_created_with_settings_policy_and_tags() -> None:
    made = run(
        "sentry/oms-dev",
        refusal("RepositoryNotFoundException"),
        {"repository": AS_WANTED},
        refusal("LifecyclePolicyNotFoundException"),
        {},
        {"tags": []},
        {},
    )
    assert made[1] == (
        "create_repository",
        {
            "repositoryName": "sentry/oms-dev",
            "imageTagMutability": "IMMUTABLE",
            "encryptionConfiguration": {"encryptionType": "AES256"},
            "imageScanningConfiguration": {"scanOnPush": True},
        },
    )
    assert json.loads(made[3][1]["lifecyclePolicyText"]) == lifecycle(50)
    assert made[5] == (
        "tag_resource",
        {"resourceArn": "arn:repository", "tags": [{"Key": "Project", "Value": "sentry-oms"}]},
    )


def test_where_all_is_well_it_only_looks() -> None:
    assert [command for command, _ in run("sentry/oms", described(), POLICY, TAGS)] == READS


def launched(*responses: Any) -> Any:
    """A stack that was launched before, with the tags that it has in config."""
    owner = stack("dev/task-oms", *responses)
    VIEW.see(StackKey.of(owner), {"Tags": [{"Key": "Project", "Value": "sentry-oms"}]})
    return owner


def test_for_a_stack_that_was_launched_before_one_look_is_enough() -> None:
    owner = launched(described())
    EcrRepository("sentry/oms", owner).run()
    assert [command for command, _ in calls(owner)] == ["describe_repositories"]


def test_what_is_kept_is_looked_at_wherever_it_is_written_down() -> None:
    owner = launched(described(), POLICY, {})
    EcrRepository({"name": "sentry/oms", "keep": 9}, owner).run()
    assert calls(owner)[-1][0] == "put_lifecycle_policy"


def test_tags_follow_those_of_the_stack() -> None:
    owner = launched(described(), POLICY, {"tags": []}, {})
    owner.tags = {"Project": "another"}
    EcrRepository("sentry/oms", owner).run()
    assert calls(owner)[-1][0] == "tag_resource"


@pytest.mark.parametrize(
    ("found", "policy", "change"),
    [
        (
            {"imageScanningConfiguration": {"scanOnPush": False}},
            POLICY,
            "put_image_scanning_configuration",
        ),
        ({"imageTagMutability": "MUTABLE"}, POLICY, "put_image_tag_mutability"),
        ({}, {"lifecyclePolicyText": "{}"}, "put_lifecycle_policy"),
    ],
)
def test_a_setting_that_was_changed_is_brought_back(
    found: dict[str, Any], policy: dict[str, Any], change: str
) -> None:
    responses = [described(**found), policy, TAGS]
    responses.insert(2 if change == "put_lifecycle_policy" else 1, {})
    made = [command for command, _ in run("sentry/oms", *responses)]
    assert [command for command in made if command not in READS] == [change]


def test_a_tag_that_differs_is_set_and_others_stay() -> None:
    other = {"tags": [{"Key": "Project", "Value": "old"}]}
    made = run("sentry/oms", described(), POLICY, other, {})
    assert made[-1][0] == "tag_resource"


def test_the_number_of_images_kept_is_an_argument() -> None:
    made = run({"name": "sentry/oms", "keep": 3}, described(), POLICY, {}, TAGS)
    (change,) = [kwargs for command, kwargs in made if command == "put_lifecycle_policy"]
    rule = json.loads(change["lifecyclePolicyText"])["rules"][1]
    assert rule["selection"]["countNumber"] == 3


def test_encryption_is_for_life() -> None:
    owner = stack("dev/task-oms", described())
    with pytest.raises(
        RepositoryMismatch,
        match=r"^dev/task-oms: !ecr_repository kms_key: repository 'sentry/oms' is encrypted with "
        r"AES256, which can't be changed: move",
    ):
        EcrRepository({"name": "sentry/oms", "kms_key": KEY}, owner).run()


def test_any_other_refusal_is_passed_on() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        run("sentry/oms", refusal("AccessDenied"))
    with pytest.raises(ClientError, match="AccessDenied"):
        run("sentry/oms", described(), refusal("AccessDenied"))


@pytest.mark.parametrize(
    "argument",
    ["Sentry", None, {"name": "x-"}, {"nam": "sentry/oms"}, {"name": "oms", "keep": 0}],
)
def test_a_wrong_argument_is_named(argument: Any) -> None:
    with pytest.raises(
        InvalidHookArgumentValueError, match=r"^dev/task-oms: !ecr_repository (name|keep)"
    ):
        run(argument)
