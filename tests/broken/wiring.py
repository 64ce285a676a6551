"""Mistakes between stacks and between environments: what is wired to something else."""

from __future__ import annotations

from tests.broken.config import CLUSTER, PIPELINE, REDIS, SECRETS, SQS, TASK
from tests.broken.edits import Broken, appended, changed, edited, every, put, replace
from tests.broken.templates import CLUSTER_TEMPLATE, QUEUES_SOURCE, TASK_TEMPLATE

FRONTEND = "config/dev/task-frontend.yaml"
PROD_SECRETS = "config/prod/secrets.yaml"
PROD_TASK = "config/prod/task-oms.yaml"
ALB_TEMPLATE = "templates/networking/alb-frontend.json"
FRONTEND_TEMPLATE = "templates/compute/task-definition-frontend-admin.json"
WEBSOCKET_TEMPLATE = "templates/compute/task-definition-websocket.json"
PIPELINE_TEMPLATE = "templates/cicd/codepipeline-oms.json"
BOUNDARIES = "templates/cicd/permissions-boundaries.json"

DEPLOY = "Resources.Pipeline.Properties.Stages.2.Actions.0.Configuration"
TARGET_GROUP = "Resources.Service.Properties.LoadBalancers.0.TargetGroupArn"
TASK_ROLE = {"Fn::ImportValue": {"Fn::Sub": "${ECSClusterStackName}-TaskRoleArn"}}
EXECUTION_ROLE = {"Fn::ImportValue": {"Fn::Sub": "${ECSClusterStackName}-ExecutionRoleArn"}}
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:sentry/${Environment}"


ENVIRONMENTS = {
    "OMS008 staging's stacks with dev's tag": edited(
        "config/staging/config.yaml",
        "stack_tags.Environment",
        "Environment: staging",
        "Environment: dev",
        environment="staging",
    ),
    "OMS080 prod's secrets under dev's name": edited(
        PROD_SECRETS,
        "stack_name",
        "sentry-secrets-{{ environment }}",
        "sentry-secrets-dev",
        environment="prod",
    ),
    "OMS081 prod's order management with dev's names": edited(
        PROD_TASK,
        "parameters.Environment",
        "Environment: {{ environment }}",
        "Environment: dev",
        environment="prod",
    ),
    "OMS082 dev's Redis in staging's VPC": edited(
        REDIS, "parameters.VPCStackName", "{{ environment }}/vpc.yaml", "staging/vpc.yaml"
    ),
    "OMS082 a dependency on another environment": appended(
        SECRETS, "dependencies", "dependencies: [prod/cognito.yaml]\n"
    ),
}

SERVICES = {
    "OMS083 a pipeline that deploys to the other cluster": edited(
        PIPELINE,
        DEPLOY,
        "/cluster-oms.yaml::ClusterName",
        "/cluster-gateway.yaml::ClusterName",
        reported=PIPELINE_TEMPLATE,
    ),
    "OMS083 an unknown container in imagedefinitions.json": Broken(
        PIPELINE_TEMPLATE,
        DEPLOY,
        put(PIPELINE_TEMPLATE, "BuildProject.Environment.EnvironmentVariables.3.Value", "worker"),
    ),
    "OMS083 a service and its cluster swapped for auto scaling": changed(
        TASK_TEMPLATE,
        "ScalableTarget.ResourceId",
        {"Fn::Sub": "service/${Service.Name}/sentry-oms-dev"},
    ),
    "OMS083 a tag that asks the other cluster for the service": edited(
        TASK, "parameters.ImageTag", '"cluster": "sentry-oms-"', '"cluster": "sentry-gateway-"'
    ),
    "OMS087 the two roles of a task swapped": Broken(
        TASK_TEMPLATE,
        "Resources.TaskDefinition.Properties.TaskRoleArn",
        every(
            put(TASK_TEMPLATE, "TaskDefinition.TaskRoleArn", EXECUTION_ROLE),
            put(TASK_TEMPLATE, "TaskDefinition.ExecutionRoleArn", TASK_ROLE),
        ),
    ),
    "OMS090 the front end in the WebSocket target group": Broken(
        FRONTEND_TEMPLATE,
        TARGET_GROUP,
        replace(FRONTEND_TEMPLATE, "-FrontendTargetGroupArn", "-WebSocketTargetGroupArn"),
        also=("OMS035",),
    ),
    "OMS090 a health check of a port that nothing serves": Broken(
        FRONTEND_TEMPLATE,
        TARGET_GROUP,
        put(ALB_TEMPLATE, "FrontendTargetGroup.HealthCheckPort", "9090"),
    ),
    "OMS093 the image of another service": edited(
        TASK,
        "parameters.ECRRepositoryUri",
        "!ecr_repository_uri sentry/oms-",
        "!ecr_repository_uri sentry/websocket-",
    ),
    "OMS093 a repository that no hook creates": edited(
        TASK, "parameters.ECRRepositoryUri", "!ecr_repository sentry/oms-", "!ecr_repository oms-"
    ),
    "OMS094 a bucket that the template lacks": edited(
        PIPELINE,
        "hooks.before_delete.0.resource",
        "resource: ArtifactBucket",
        "resource: ArtefactBucket",
    ),
    "OMS090 a target group without a listener": Broken(
        WEBSOCKET_TEMPLATE, TARGET_GROUP, put(ALB_TEMPLATE, "/Resources/WebSocketListenerRule", ...)
    ),
}

STATE = {
    "OMS084 a table that no stack creates": edited(
        CLUSTER,
        "Resources.TaskRole.Properties.Policies",
        "!stack_output {{ environment }}/dynamodb-trading.yaml::TableName",
        "oms_trades",
        reported=CLUSTER_TEMPLATE,
    ),
    "OMS084 a container's table that no stack creates": changed(
        TASK_TEMPLATE,
        "TaskDefinition.ContainerDefinitions.0.Environment",
        [{"Name": "X_TABLE", "Value": "x"}],
    ),
    "OMS084 a secret that no stack creates": edited(
        TASK,
        "parameters.AppSecretArn.name",
        "name: sentry/{{ environment }}\n",
        "name: sentry/{{ environment }}/app\n",
    ),
    "OMS084 a secret of another stack": edited(
        TASK,
        "parameters.AppSecretArn.stack",
        "/secrets.yaml",
        "/redis.yaml",
    ),
    "OMS085 a queue that no role may use": edited(
        CLUSTER,
        "Resources.OrderExecutionPollingQueue.Properties.QueueName",
        ", order-execution-polling",
        "",
        reported=QUEUES_SOURCE,
        line="",
    ),
    "OMS086 a boundary that bootstrap does not create": changed(
        CLUSTER_TEMPLATE,
        "TaskRole.PermissionsBoundary",
        {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/x"},
    ),
    "OMS086 a boundary pattern that matches no table": edited(
        BOUNDARIES,
        "Resources.DevBoundary.Properties.PolicyDocument",
        "table/oms_*_dev",
        "table/oms-*_dev",
        environment="bootstrap",
    ),
    "OMS088 master-order as a standard queue": edited(
        SQS, "sceptre_user_data.queues", "fifo: true", "fifo: false"
    ),
    "OMS089 stricter MFA than the template's": edited(
        FRONTEND,
        "hooks.before_create.0.mfa",
        '"mfa": cognito_mfa',
        '"mfa": "ON"',
        line="!validate_cognito",
    ),
    "OMS091 a JSON key of a plain-text secret": changed(
        TASK_TEMPLATE,
        "TaskDefinition.ContainerDefinitions.0.Secrets",
        [{"Name": "A", "ValueFrom": {"Fn::Sub": f"{SECRET_ARN}/redis-AbCdEf:token::"}}],
    ),
}

BROKEN = {**ENVIRONMENTS, **SERVICES, **STATE}
