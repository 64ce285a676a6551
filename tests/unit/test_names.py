"""The naming rules."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sentry_oms import names
from sentry_oms.names import Messaging, Queue


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (names.stack_name("cluster-oms", "prod"), "sentry-cluster-oms-prod"),
        (names.stack_name("github-oidc-roles", "bootstrap"), "sentry-github-oidc-roles"),
        (names.queue_name("master-order", "dev", fifo=True), "master-order-queue-dev.fifo"),
        (names.queue_name("clients-events", "dev", fifo=False), "clients-events-queue-dev"),
        (names.dead_letter_queue_name("okx-orders", "dev", fifo=True), "okx-orders-dlq-dev.fifo"),
        (names.table_name("trading_data", "staging"), "oms_trading_data_staging"),
        (names.secret_name("dev"), "sentry/dev"),
        (names.repository_name("admin-front-end", "dev"), "sentry/admin-front-end-dev"),
        (names.cluster_name("gateway", "dev"), "sentry-gateway-dev"),
        (names.service_name("frontend-admin", "dev"), "sentry-frontend-admin-service-dev"),
        (names.logical_id("bitget-filled-orders"), "BitgetFilledOrders"),
    ],
)
def test_names_are_the_seeds(made: str, name: str) -> None:
    assert made == name


@pytest.mark.parametrize(
    ("name", "environment", "stack"),
    [
        ("sentry-cluster-oms-prod", "prod", "cluster-oms"),
        ("sentry-cluster-oms-prod", "dev", None),
        ("sentry-github-oidc-roles", "bootstrap", "github-oidc-roles"),
        ("sentry-github-oidc-roles", "dev", None),
        ("sentry-cluster-oms-prod", "bootstrap", None),
        ("another-vpc-dev", "dev", None),
        ("another-roles", "bootstrap", None),
    ],
)
def test_the_stack_of_a_cloudformation_name(name: str, environment: str, stack: str | None) -> None:
    assert names.stack_of(name, environment) == stack


def messaging(**fields: Any) -> Messaging:
    return Messaging.model_validate({"environment": "dev", "exchanges": [], **fields})


def test_an_exchange_has_two_fifo_queues() -> None:
    queues = messaging(exchanges=["okx"], queues=[{"name": "x"}]).all_queues
    assert [(queue.name, queue.fifo) for queue in queues] == [
        ("x", False),
        ("okx-orders", True),
        ("okx-filled-orders", True),
    ]


@pytest.mark.parametrize(
    ("queues", "fault"),
    [
        (["a", "a"], "queue 'a' is defined twice"),
        (["okx-orders"], "queue 'okx-orders' is defined twice"),
        (["a-1", "a1"], "'A1Queue', 'A1DeadLetterQueue'"),
        (["x" * 71], "longer than the 80 characters"),
        (["-a"], "'-a' is "),
        (["a--b"], "'a--b' is "),
        (["a.fifo"], "'a.fifo' is "),
        (["a\n"], r"'a\\n' is "),
    ],
)
def test_an_invalid_queue_name_is_refused(queues: list[str], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        messaging(exchanges=["okx"], queues=[{"name": name} for name in queues])


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"exchanges": ["okx", "okx"]}, "exchange 'okx' is listed twice"),
        ({"queues": [{"name": "a", "visibility_timeout": 43_201}]}, "visibility_timeout"),
        ({"environment": "q a"}, "environment"),
        ({"environment": ""}, "environment"),
    ],
)
def test_an_invalid_field_is_refused(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        messaging(**fields)


def test_the_longest_queue_name_is_valid() -> None:
    queue = Queue(name="x" * 65, fifo=True)
    assert len(queue.full_name("dev")) == names.QUEUE_NAME_LIMIT
    messaging(queues=[queue])
