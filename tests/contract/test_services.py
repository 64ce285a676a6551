"""Services of the embedded AWS that ministack lacks, tested through their APIs."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import EmbeddedAws

TARGET = {
    "ServiceNamespace": "ecs",
    "ScalableDimension": "ecs:service:DesiredCount",
    "ResourceId": "service/c/s",
}


def test_a_new_connection_is_pending(aws: EmbeddedAws) -> None:
    connections = aws.client("codestar-connections")
    arn = connections.create_connection(ConnectionName="github", ProviderType="GitHub")[
        "ConnectionArn"
    ]
    assert connections.get_connection(ConnectionArn=arn)["Connection"] == {
        "ConnectionName": "github",
        "ConnectionArn": arn,
        "ProviderType": "GitHub",
        "OwnerAccountId": "000000000000",
        "ConnectionStatus": "PENDING",
    }
    assert len(connections.list_connections()["Connections"]) == 1
    connections.delete_connection(ConnectionArn=arn)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        connections.get_connection(ConnectionArn=arn)


def test_targets_are_found_by_namespace_and_resource(aws: EmbeddedAws) -> None:
    scaling = aws.client("application-autoscaling")
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=2)

    def found(**wanted: Any) -> int:
        return len(scaling.describe_scalable_targets(**wanted)["ScalableTargets"])

    assert found(ServiceNamespace="ecs") == 1
    assert found(ServiceNamespace="ecs", ResourceIds=["service/c/other"]) == 0
    assert found(ServiceNamespace="dynamodb") == 0
    scaling.deregister_scalable_target(**TARGET)
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        scaling.deregister_scalable_target(**TARGET)


def test_other_operations_of_a_service_reach_ministack(aws: EmbeddedAws) -> None:
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="p")["UserPool"]["Id"]
    cognito.set_risk_configuration(UserPoolId=pool)
    assert cognito.describe_user_pool(UserPoolId=pool)["UserPool"]["Name"] == "p"
