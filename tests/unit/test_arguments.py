"""Every tag refuses an invalid argument with its stack, its name and the field."""

from __future__ import annotations

from typing import Any

import pytest
from sceptre.exceptions import InvalidHookArgumentValueError, InvalidResolverArgumentError
from sceptre.hooks import Hook

from hooks.ecr_repository import EcrRepository
from hooks.empty_bucket import EmptyBucket
from hooks.keep_image import KeepImage
from hooks.keep_messages import KeepMessages
from hooks.protect_state import ProtectState
from hooks.service_linked_role import ServiceLinkedRole
from hooks.start_service import StartService
from hooks.validate_cognito import ValidateCognito
from resolvers.desired_count import DesiredCount
from resolvers.ecr_image_tag import EcrImageTag
from resolvers.ecr_repository_uri import EcrRepositoryUri
from resolvers.secret_arn import SecretArn
from resolvers.sqs_queue_names import SqsQueueNames
from sentry_oms.arguments import tag_name
from tests.unit.ecs import ARGUMENT
from tests.unit.tags import calls, stack

COGNITO = {"stack": "dev/cognito.yaml", "mfa": "OPTIONAL", "flows": ["ALLOW_USER_SRP_AUTH"]}
MISSING, EXTRA = "Field required", "Extra inputs"


@pytest.mark.parametrize(
    ("tag", "argument", "fault"),
    [
        (EcrImageTag, {**ARGUMENT, "repository": "Sentry"}, "repository: .*pattern"),
        (EcrImageTag, {**ARGUMENT, "tag": "-x"}, "tag: .*pattern"),
        (EcrImageTag, {**ARGUMENT, "newset": True}, f"newset: {EXTRA}"),
        (EcrImageTag, "sentry/oms-dev", "Input should be a valid dictionary"),
        (EcrImageTag, {}, f"container: {MISSING}"),
        (DesiredCount, {}, f"repository: {MISSING}"),
        (KeepImage, {**ARGUMENT, "wait": -1}, "wait: .*greater than or equal to 0"),
        (StartService, {**ARGUMENT, "count": -1}, "count: .*greater than or equal to 0"),
        (StartService, {**ARGUMENT, "cuont": 1}, f"cuont: {EXTRA}"),
        *((EcrRepositoryUri, name, "name: ") for name in ("Sentry/oms", "sentry//oms", "/oms")),
        *((EcrRepositoryUri, name, "name: ") for name in ("o", "oms-", None, {}, 7)),
        (EcrRepository, None, "name: "),
        (EcrRepository, {"name": "x-"}, "name: "),
        (EcrRepository, {"nam": "sentry/oms"}, f"name: {MISSING}"),
        (EcrRepository, {"name": "oms", "keep": 0}, "keep: .*greater than"),
        (SecretArn, {}, f"name: {MISSING}"),
        (SecretArn, None, "name: .*valid string"),
        (SecretArn, "a secret", "name: .*pattern"),
        (SecretArn, {"name": "x", "stak": "y"}, f"stak: {EXTRA}"),
        (SqsQueueNames, {"queues": ["*"]}, f"stack: {MISSING}"),
        (SqsQueueNames, {"stack": "dev/sqs.yaml"}, f"queues: {MISSING}"),
        (SqsQueueNames, {"stack": "dev/sqs.yaml", "queues": []}, "queues: .*at least 1 item"),
        (SqsQueueNames, {"stack": "dev/sqs.yaml", "queues": "*", "queue": 1}, f"queue: {EXTRA}"),
        (SqsQueueNames, "dev/sqs.yaml", "Input should be a valid dictionary"),
        (EmptyBucket, {"resource": "X"}, f"enabled: {MISSING}"),
        (EmptyBucket, {"enabled": True}, f"resource: {MISSING}"),
        (KeepMessages, {"queue": "x"}, f"queue: {EXTRA}"),
        (ProtectState, "some", "level: Input should be 'none', 'updates' or 'full'"),
        (ServiceLinkedRole, "ECS", "service: .*pattern"),
        (ServiceLinkedRole, None, "service: "),
        (ServiceLinkedRole, {"service": "ecs", "x": 1}, f"x: {EXTRA}"),
        (ValidateCognito, {**COGNITO, "mfa": "SMS"}, "mfa: Input should be 'OFF', 'OPTIONAL' or"),
        (ValidateCognito, {**COGNITO, "flows": []}, "flows: .*at least 1 item"),
        (ValidateCognito, {"mfa": "ON", "flows": ["x"]}, f"stack: {MISSING}"),
    ],
)
def test_an_invalid_argument_is_reported_by_stack_tag_and_field(
    tag: type[Any], argument: Any, fault: str
) -> None:
    owner = stack("dev/task-oms")
    one = tag(argument, owner)
    one.setup()
    with pytest.raises(
        (InvalidHookArgumentValueError, InvalidResolverArgumentError),
        match=rf"^dev/task-oms: {tag_name(one)} .*{fault}",
    ):
        one.run() if isinstance(one, Hook) else one.resolve()
    assert calls(owner) == []
