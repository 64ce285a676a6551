"""Providers and repairs of what holds data, tested through the services' APIs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import EmbeddedAws
from tests.contract.stacks import deployed, drifts, one, refused


def table(**properties: Any) -> dict[str, Any]:
    return one(
        "AWS::DynamoDB::Table",
        {
            "TableName": "t",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            **properties,
        },
    )


def table_settings(aws: EmbeddedAws) -> tuple[str, str, str]:
    dynamodb = aws.client("dynamodb")
    encryption = dynamodb.describe_table(TableName="t")["Table"].get("SSEDescription", {})
    expiry = dynamodb.describe_time_to_live(TableName="t")["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName="t")["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    return (
        encryption.get("Status", "DISABLED"),
        expiry["TimeToLiveStatus"],
        recovery["PointInTimeRecoveryStatus"],
    )


def test_a_table_has_its_settings_its_name_alone_and_its_protection(aws: EmbeddedAws) -> None:
    on = table(
        SSESpecification={"SSEEnabled": "true"},
        TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": "true"},
    )
    deployed(aws, "table", on)
    assert table_settings(aws) == ("ENABLED", "ENABLED", "ENABLED")
    deployed(aws, "table", table())
    assert table_settings(aws) == ("DISABLED", "DISABLED", "DISABLED")

    dynamodb = aws.client("dynamodb")
    dynamodb.put_item(TableName="t", Item={"pk": {"S": "row"}})
    assert "Table t already exists" in refused(aws, "second-table", table())
    assert dynamodb.scan(TableName="t")["Items"] == [{"pk": {"S": "row"}}]

    deployed(aws, "table", table(DeletionProtectionEnabled=True))
    assert aws.delete("table") == "DELETE_FAILED"
    assert "deletion protection is on" in aws.reasons("table")


def secret(**properties: Any) -> dict[str, Any]:
    return one("AWS::SecretsManager::Secret", {"Name": "s", **properties})


def test_a_secret_keeps_its_value_until_its_generation_is_edited(aws: EmbeddedAws) -> None:
    secrets = aws.client("secretsmanager")
    generated = {
        "PasswordLength": 40,
        "ExcludePunctuation": True,
        "SecretStringTemplate": '{"user": "oms"}',
        "GenerateStringKey": "key",
    }

    def value() -> str:
        return str(secrets.get_secret_value(SecretId="s")["SecretString"])

    arn = deployed(aws, "secret", secret(GenerateSecretString=generated))
    assert arn == secrets.describe_secret(SecretId="s")["ARN"]
    found = json.loads(value())
    assert (found["user"], len(found["key"]), found["key"].isalnum()) == ("oms", 40, True)

    secrets.put_secret_value(SecretId="s", SecretString="entered")
    edited = secret(Description="edited", GenerateSecretString=generated)
    assert deployed(aws, "secret", edited) == arn
    assert secrets.describe_secret(SecretId="s")["Description"] == "edited"
    assert value() == "entered"

    deployed(aws, "secret", secret(GenerateSecretString={"PasswordLength": 12}))
    assert len(value()) == 12
    aws.delete("secret")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secrets.describe_secret(SecretId="s")


def test_drift_of_a_secret_is_detected(aws: EmbeddedAws) -> None:
    secrets = aws.client("secretsmanager")
    deployed(aws, "found", secret(Description="written"))
    assert drifts(aws, "found") == [("IN_SYNC", [])]
    secrets.update_secret(SecretId="s", Description="by hand")
    assert drifts(aws, "found") == [("MODIFIED", ["/Description"])]
    secrets.delete_secret(SecretId="s", ForceDeleteWithoutRecovery=True)
    assert drifts(aws, "found") == [("DELETED", [])]


def bucket(*rules: dict[str, Any]) -> dict[str, Any]:
    lifecycle = {"LifecycleConfiguration": {"Rules": list(rules)}} if rules else {}
    return one("AWS::S3::Bucket", {"BucketName": "kept-objects", **lifecycle})


def test_a_bucket_has_its_lifecycle_and_is_deleted_only_if_empty(aws: EmbeddedAws) -> None:
    s3 = aws.client("s3")
    expire = {"Id": "Expire", "Status": "Enabled", "ExpirationInDays": "30"}
    deployed(aws, "bucket", bucket(expire))
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket="kept-objects")["Rules"]
    assert rule["Expiration"]["Days"] == 30
    deployed(aws, "bucket", bucket())
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket="kept-objects")

    s3.put_object(Bucket="kept-objects", Key="k", Body=b"x")
    assert aws.delete("bucket") == "DELETE_FAILED"
    assert "is not empty" in aws.reasons("bucket")
    s3.delete_object(Bucket="kept-objects", Key="k")
    assert aws.delete("bucket") == "DELETE_COMPLETE"

    tiering = bucket({"Status": "Enabled", "Transitions": []})
    assert "settings that are not kept: Transitions" in refused(aws, "tiered", tiering)


def test_failover_of_redis_is_enabled_only_after_the_replica_exists(aws: EmbeddedAws) -> None:
    def group(nodes: int, failover: bool) -> dict[str, Any]:
        properties = {
            "ReplicationGroupDescription": "d",
            "Engine": "redis",
            "CacheNodeType": "cache.t4g.micro",
            "NumCacheClusters": nodes,
            "AutomaticFailoverEnabled": failover,
        }
        return one("AWS::ElastiCache::ReplicationGroup", properties)

    deployed(aws, "redis", group(1, False))
    assert aws.deploy("redis", group(2, True)) == "UPDATE_ROLLBACK_COMPLETE"
    assert "must have at least one read replica" in aws.reasons("redis")
    deployed(aws, "redis", group(2, False))
    deployed(aws, "redis", group(2, True))
    deployed(aws, "new-redis", group(2, True))


def test_the_risk_configuration_of_a_pool_is_set_changed_and_removed(aws: EmbeddedAws) -> None:
    cognito = aws.client("cognito-idp")

    def attachment(action: str) -> dict[str, Any]:
        risk = {"Actions": {"EventAction": action}}
        return one(
            "AWS::Cognito::UserPoolRiskConfigurationAttachment",
            {
                "UserPoolId": {"Ref": "Pool"},
                "ClientId": "ALL",
                "CompromisedCredentialsRiskConfiguration": risk,
            },
            Pool={"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "p"}},
        )

    def risk() -> Any:
        (pool,) = cognito.list_user_pools(MaxResults=10)["UserPools"]
        found = cognito.describe_risk_configuration(UserPoolId=pool["Id"], ClientId="ALL")
        return found["RiskConfiguration"].get("CompromisedCredentialsRiskConfiguration")

    for action in ("BLOCK", "NO_ACTION"):
        deployed(aws, "risk", attachment(action))
        assert risk() == {"Actions": {"EventAction": action}}
    without = attachment("BLOCK")
    del without["Resources"]["R"], without["Outputs"]
    deployed(aws, "risk", without)
    assert risk() is None
