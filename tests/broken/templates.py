"""Mistakes in templates: their files, what they give each other, and limits of AWS."""

from __future__ import annotations

from tests.broken.config import COGNITO, CONFIG, REDIS, SQS, TASK, VPC_NAME, exchanges
from tests.broken.edits import Broken, append, changed, edited, every, put, replace

COGNITO_TEMPLATE = "templates/cognito/cognito-user-pool.json"
SECRETS_TEMPLATE = "templates/secrets/secrets-manager.json"
TABLE_TEMPLATE = "templates/dynamodb/oms-config-table.json"
TASK_TEMPLATE = "templates/compute/task-definition-oms.json"
CLUSTER_TEMPLATE = "templates/compute/ecs-cluster-oms.json"
GATEWAY_TEMPLATE = "templates/compute/ecs-cluster-gateway.json"
VPC_TEMPLATE = "templates/networking/vpc-nonprod.json"
REDIS_TEMPLATE = "templates/data/elasticache-redis.json"
QUEUES_SOURCE = "templates/messaging/sqs_queues.py"

READ = "RedisClientSecurityGroupId"
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:exchange-{:03}-orders-queue"
SEND = [
    {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE_ARN.format(number)}
    for number in range(110)
]
LISTS = [
    {"Name": f"LIST_{number}", "Value": {"Fn::Join": [",", {"Ref": "Exchanges"}]}}
    for number in range(20)
]

FILES = {
    "OMS030 a missing template": edited(
        COGNITO, "template.path", "cognito-user-pool.json", "cognito-userpool.json"
    ),
    "OMS031 a template without a comma": edited(
        COGNITO_TEMPLATE, "", '"2010-09-09",', '"2010-09-09"', line='"Description"'
    ),
    "OMS031 a template without resources": Broken(
        SECRETS_TEMPLATE, "", put(SECRETS_TEMPLATE, "/Resources", ...)
    ),
    "OMS031 a resource that is not a mapping": changed(
        SECRETS_TEMPLATE, "/Resources/Key", "AWS::KMS"
    ),
    "OMS032 a misspelt field of a queue": edited(
        SQS, "sceptre_user_data", "fifo: true", "fiffo: true"
    ),
    "OMS032 an exchange that is listed twice": edited(
        CONFIG,
        "sceptre_user_data",
        "[bitget, bingx, okx]",
        "[bitget, bingx, bitget]",
        reported=SQS,
        also=("OMS048",),
    ),
    "OMS032 a Python template that fails": edited(
        QUEUES_SOURCE, "", "queues = messaging.all_queues", "queues = messaging.queue"
    ),
}

OUTPUTS = {
    "OMS033 a misspelt import": edited(
        TASK_TEMPLATE,
        "Resources.TaskDefinition.Properties.TaskRoleArn",
        "StackName}-TaskRoleArn",
        "StackName}-TaskRolArn",
    ),
    "OMS033 an unknown stack name": edited(
        REDIS, "parameters.VPCStackName", VPC_NAME, "sentry-vcp-dev"
    ),
    "OMS034 a literal stack name": edited(
        REDIS, "parameters.VPCStackName", VPC_NAME, "sentry-vpc-dev"
    ),
    "OMS035 an output that nothing reads": changed(
        SECRETS_TEMPLATE, "/Outputs/KeyId", {"Description": "The key.", "Value": {"Ref": "Key"}}
    ),
    "OMS035 an output that lost its readers": Broken(
        VPC_TEMPLATE,
        f"Outputs.{READ}",
        every(
            *(
                replace(file, f"${{VPCStackName}}-{READ}", "${VPCStackName}-VpcId")
                for file in (CLUSTER_TEMPLATE, GATEWAY_TEMPLATE, REDIS_TEMPLATE)
            )
        ),
    ),
    "OMS036 a public output under another name": Broken(
        SECRETS_TEMPLATE,
        "Metadata.Sentry::PublicOutputs.TheKeyArn",
        put(SECRETS_TEMPLATE, "/Metadata/Sentry::PublicOutputs/+", "TheKeyArn"),
    ),
    "OMS037 a key that its mapping lacks": Broken(
        COGNITO_TEMPLATE,
        "Resources.UserPool",
        put(COGNITO_TEMPLATE, "/Mappings/UserPool/dev/MfaConfiguration", ...),
    ),
    "OMS038 two exports with one name": Broken(
        SECRETS_TEMPLATE,
        "Outputs.SecretArn.Export",
        put(
            SECRETS_TEMPLATE,
            "/Outputs/StackName/Export/Name",
            {"Fn::Sub": "${AWS::StackName}-SecretArn"},
        ),
    ),
}

LIMITS = {
    "OMS051 a template that is larger than a request": Broken(
        COGNITO_TEMPLATE, "", put(COGNITO_TEMPLATE, "/Metadata/Notes", "x" * 50_000)
    ),
    "OMS051 a template that is larger than the bucket limit": Broken(
        COGNITO_TEMPLATE,
        "",
        every(
            put(COGNITO_TEMPLATE, "/Metadata/Notes", "x" * 1_100_000),
            append(COGNITO, "template_bucket_name: sentry-templates\n"),
        ),
    ),
    "OMS052 a role name that is too long": edited(
        CLUSTER_TEMPLATE,
        "Resources.TaskRole.Properties.RoleName",
        "sentry-oms-task-${Env",
        f"sentry-{'oms-' * 15}task-${{Env",
    ),
    "OMS052 a table name with an invalid character": edited(
        TABLE_TEMPLATE,
        "Resources.Table.Properties.TableName",
        "oms_config_${Environment}",
        "oms/config/${Environment}",
    ),
    "OMS053 inline policies that are too long": Broken(
        CLUSTER_TEMPLATE,
        "Resources.TaskRole.Properties.Policies",
        put(CLUSTER_TEMPLATE, "TaskRole.Policies.0.PolicyDocument.Statement", SEND),
    ),
    "OMS053 a trust policy that is too long": Broken(
        CLUSTER_TEMPLATE,
        "Resources.TaskRole.Properties.AssumeRolePolicyDocument",
        put(CLUSTER_TEMPLATE, "TaskRole.AssumeRolePolicyDocument.Statement", [TRUST] * 30),
    ),
    "OMS054 a task definition that is too large": Broken(
        TASK_TEMPLATE,
        "Resources.TaskDefinition.Properties",
        every(
            replace(TASK, "{{ exchanges | tojson }}", exchanges(280)),
            put(TASK_TEMPLATE, "TaskDefinition.ContainerDefinitions.0.Environment", LISTS),
        ),
    ),
    "OMS055 an include in a resource": Broken(
        REDIS_TEMPLATE,
        "Resources.ReplicationGroup",
        put(
            REDIS_TEMPLATE,
            "/Resources/ReplicationGroup/Metadata/Included",
            {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://a/b"}}},
        ),
    ),
    "OMS055 a role in a stack without the capability": changed(
        REDIS_TEMPLATE,
        "/Resources/Role",
        {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST]}
            },
        },
    ),
    "OMS056 two roles with one name": edited(
        CLUSTER_TEMPLATE,
        "Resources.ExecutionRole.Properties.RoleName",
        "sentry-oms-execution-",
        "sentry-oms-task-",
    ),
}

BROKEN = {**FILES, **OUTPUTS, **LIMITS}
