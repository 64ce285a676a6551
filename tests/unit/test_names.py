"""The naming rules, and that the templates keep them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sentry_oms import names
from sentry_oms.names import Messaging, Queue
from tests.conftest import template


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
def test_a_stack_is_found_by_its_name(name: str, environment: str, stack: str | None) -> None:
    assert names.stack_of(name, environment) == stack


@pytest.mark.parametrize(
    ("path", "resource", "property_", "name"),
    [
        (
            "dynamodb/oms-config-table.json",
            "Table",
            "TableName",
            names.table_name("config", "${Environment}"),
        ),
        (
            "dynamodb/oms-trading-table.json",
            "Table",
            "TableName",
            names.table_name("trading_data", "${Environment}"),
        ),
        (
            "secrets/secrets-manager.json",
            "AppSecret",
            "Name",
            names.secret_name("${Environment}"),
        ),
        (
            "compute/ecs-cluster-oms.json",
            "Cluster",
            "ClusterName",
            names.cluster_name("oms", "${Environment}"),
        ),
        (
            "compute/task-definition-oms.json",
            "Service",
            "ServiceName",
            names.service_name("oms", "${Environment}"),
        ),
    ],
)
def test_templates_name_things_by_the_rules(
    path: str, resource: str, property_: str, name: str
) -> None:
    properties = template(path)["Resources"][resource]["Properties"]
    assert properties[property_] == {"Fn::Sub": name}


class TestMessaging:
    def messaging(self, **fields: Any) -> Messaging:
        return Messaging.model_validate({"environment": "dev", "exchanges": [], **fields})

    def test_each_exchange_has_two_fifo_queues(self) -> None:
        queues = self.messaging(exchanges=["okx"], queues=[{"name": "x"}]).all_queues
        assert [(queue.name, queue.fifo) for queue in queues] == [
            ("x", False),
            ("okx-orders", True),
            ("okx-filled-orders", True),
        ]

    @pytest.mark.parametrize(
        ("fields", "fault"),
        [
            ({"exchanges": ["okx", "okx"]}, "exchange 'okx' is listed twice"),
            ({"queues": [{"name": "a"}, {"name": "a"}]}, "queue 'a' is defined twice"),
            (
                {"exchanges": ["okx"], "queues": [{"name": "okx-orders"}]},
                "queue 'okx-orders' is defined twice",
            ),
            ({"queues": [{"name": "a-1"}, {"name": "a1"}]}, "'A1Queue', 'A1DeadLetterQueue'"),
            ({"queues": [{"name": "x" * 71}]}, "longer than the 80 characters"),
            ({"queues": [{"name": "-a"}]}, "'-a' is not a valid name"),
            ({"queues": [{"name": "a--b"}]}, "'a--b' is not a valid name"),
            ({"queues": [{"name": "a.fifo"}]}, "'a.fifo' is not a valid name"),
            ({"queues": [{"name": "a\n"}]}, "is not a valid name"),
            ({"queues": [{"name": "a", "visibility_timeout": 43_201}]}, "visibility_timeout"),
            ({"environment": "qa"}, "environment"),
        ],
    )
    def test_names_that_cannot_be_are_refused(self, fields: dict[str, Any], fault: str) -> None:
        with pytest.raises(ValidationError, match=fault):
            self.messaging(**fields)

    def test_the_longest_name_that_fits(self) -> None:
        queue = Queue(name="x" * 65, fifo=True)
        assert len(queue.full_name("dev")) == names.QUEUE_NAME_LIMIT
        self.messaging(queues=[queue])
