"""What the hook ``!ecr_repository`` promises; the AWS side is a stub."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.ecr_repository import EcrRepository
from tests.unit.tags import calls, refusal, stack

SCANNING = {"imageScanningConfiguration": {"scanOnPush": True}}


def described(scan: bool) -> dict[str, Any]:
    return {"repositories": [{"imageScanningConfiguration": {"scanOnPush": scan}}]}


def test_a_missing_repository_is_created_with_the_stacks_tags() -> None:
    owner = stack("dev/task-oms", refusal("RepositoryNotFoundException"), {})
    EcrRepository("sentry/oms-dev", owner).run()
    assert calls(owner)[1] == (
        "create_repository",
        {
            "repositoryName": "sentry/oms-dev",
            **SCANNING,
            "tags": [{"Key": "Project", "Value": "sentry-oms"}],
        },
    )


def test_scanning_is_turned_on() -> None:
    owner = stack("dev/task-oms", described(scan=False), {})
    EcrRepository({"name": "sentry/oms-dev"}, owner).run()
    assert calls(owner)[1] == (
        "put_image_scanning_configuration",
        {"repositoryName": "sentry/oms-dev", **SCANNING},
    )


def test_where_all_is_well_it_only_looks() -> None:
    owner = stack("dev/task-oms", described(scan=True))
    EcrRepository("sentry/oms-dev", owner).run()
    assert [command for command, _ in calls(owner)] == ["describe_repositories"]


def test_any_other_refusal_is_passed_on() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        EcrRepository("sentry/oms", stack("dev/x", refusal("AccessDenied"))).run()


@pytest.mark.parametrize("argument", ["Sentry", None, {"name": "x-"}, {"nam": "sentry/oms"}])
def test_a_wrong_argument_is_named(argument: Any) -> None:
    with pytest.raises(InvalidHookArgumentValueError, match=r"^dev/task-oms: !ecr_repository nam"):
        EcrRepository(argument, stack()).run()
