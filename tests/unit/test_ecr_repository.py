"""``!ecr_repository``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hooks.ecr_repository import EcrRepository, RepositoryMismatch, lifecycle
from sentry_oms.aws.view import VIEW, StackKey
from tests.unit.tags import calls, commands, refusal, stack

SETTINGS = {
    "imageScanningConfiguration": {"scanOnPush": True},
    "imageTagMutability": "IMMUTABLE",
    "encryptionConfiguration": {"encryptionType": "AES256"},
}
POLICY = {"lifecyclePolicyText": json.dumps(lifecycle(50))}
OURS = [{"Key": "Project", "Value": "sentry-oms"}]
TAGS = {"tags": [*OURS, {"Key": "Other", "Value": "x"}]}
READS = ["describe_repositories", "get_lifecycle_policy", "list_tags_for_resource"]


def described(**changes: Any) -> dict[str, Any]:
    return {"repositories": [{"repositoryArn": "arn:repository", **SETTINGS, **changes}]}


def run(argument: Any, *responses: Any, launched: bool = False, **tags: str) -> Any:
    """Run the hook; ``launched`` means that the stack has its tags from an earlier launch."""
    owner = stack("dev/task-oms", *responses)
    if launched:
        VIEW.see(StackKey.of(owner), {"Tags": OURS})
    owner.tags = tags or owner.tags
    EcrRepository(argument, owner).run()
    return owner


def test_a_missing_repository_is_created_with_settings_policy_and_tags() -> None:
    owner = run(
        "sentry/oms-dev",
        refusal("RepositoryNotFoundException"),
        {"repository": described()["repositories"][0]},
        refusal("LifecyclePolicyNotFoundException"),
        {},
        {"tags": []},
        {},
    )
    made = dict(calls(owner))
    assert made["create_repository"] == {"repositoryName": "sentry/oms-dev", **SETTINGS}
    assert json.loads(made["put_lifecycle_policy"]["lifecyclePolicyText"]) == lifecycle(50)
    assert made["tag_resource"] == {"resourceArn": "arn:repository", "tags": OURS}


def test_a_repository_with_the_wanted_settings_is_only_read() -> None:
    assert commands(run("sentry/oms", described(), POLICY, TAGS)) == READS


def test_one_call_is_enough_for_a_stack_that_was_launched_before() -> None:
    assert commands(run("sentry/oms", described(), launched=True)) == READS[:1]


@pytest.mark.parametrize(
    ("responses", "change"),
    [
        (
            [described(imageScanningConfiguration={"scanOnPush": False}), {}, POLICY, TAGS],
            "put_image_scanning_configuration",
        ),
        (
            [described(imageTagMutability="MUTABLE"), {}, POLICY, TAGS],
            "put_image_tag_mutability",
        ),
        ([described(), {"lifecyclePolicyText": "{}"}, {}, TAGS], "put_lifecycle_policy"),
        (
            [described(), POLICY, {"tags": [{"Key": "Project", "Value": "old"}]}, {}],
            "tag_resource",
        ),
    ],
)
def test_a_changed_setting_is_restored(responses: list[Any], change: str) -> None:
    made = commands(run("sentry/oms", *responses))
    assert [command for command in made if command not in READS] == [change]


def test_the_number_of_kept_images_is_an_argument_and_always_read() -> None:
    owner = run({"name": "sentry/oms", "keep": 9}, described(), POLICY, {}, launched=True)
    command, arguments = calls(owner)[-1]
    assert command == "put_lifecycle_policy"
    rule = json.loads(arguments["lifecyclePolicyText"])["rules"][1]
    assert rule["selection"]["countNumber"] == 9


def test_changed_tags_of_the_stack_are_set() -> None:
    owner = run("sentry/oms", described(), POLICY, TAGS, {}, launched=True, Project="another")
    assert commands(owner)[-1] == "tag_resource"


def test_another_encryption_is_refused() -> None:
    key = "arn:aws:kms:us-east-1:000000000000:key/1"
    with pytest.raises(
        RepositoryMismatch,
        match=r"^dev/task-oms: !ecr_repository kms_key: .*'sentry/oms' is encrypted with AES256",
    ):
        run({"name": "sentry/oms", "kms_key": key}, described())


@pytest.mark.parametrize("responses", [(), (described(),)])
def test_another_error_is_raised(responses: tuple[Any, ...]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        run("sentry/oms", *responses, refusal("AccessDenied"))
