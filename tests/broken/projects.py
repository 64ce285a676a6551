"""The broken projects: this project with one mistake each, where it is, and its code.

``tests/unit/test_checks.py`` gives them to the check.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.conftest import Project

Edit = Callable[[Project], None]

CONFIG = "config/config.yaml"
DEV = "config/dev/config.yaml"
VPC = "config/dev/vpc.yaml"
COGNITO = "config/dev/cognito.yaml"
SQS = "config/dev/sqs.yaml"
SECRETS = "config/dev/secrets.yaml"
REDIS = "config/dev/redis.yaml"
ALB = "config/dev/alb.yaml"
CLUSTER = "config/dev/cluster-oms.yaml"
TASK = "config/dev/task-oms.yaml"
PIPELINE = "config/dev/pipeline-oms.yaml"

COGNITO_TEMPLATE = "templates/cognito/cognito-user-pool.json"
SECRETS_TEMPLATE = "templates/secrets/secrets-manager.json"
TABLE_TEMPLATE = "templates/dynamodb/oms-config-table.json"
TASK_TEMPLATE = "templates/compute/task-definition-oms.json"
CLUSTER_TEMPLATE = "templates/compute/ecs-cluster-oms.json"
VPC_TEMPLATE = "templates/networking/vpc-nonprod.json"
REDIS_TEMPLATE = "templates/data/elasticache-redis.json"
TRADING_TEMPLATE = "templates/dynamodb/oms-trading-table.json"
QUEUES_TEMPLATE = "templates/messaging/sqs-queues.json"
WEBSOCKET_TEMPLATE = "templates/compute/task-definition-websocket.json"
PIPELINE_TEMPLATE = "templates/cicd/codepipeline-oms.json"
FRONTEND = "config/dev/task-frontend.yaml"
ALB_TEMPLATE = "templates/networking/alb-frontend.json"
FRONTEND_TEMPLATE = "templates/compute/task-definition-frontend-admin.json"
BOUNDARIES = "templates/cicd/permissions-boundaries.json"
QUEUES_SOURCE = "templates/messaging/sqs_queues.py"


@dataclass(frozen=True)
class Broken:
    """One mistake.

    Args:
        name: what is wrong, in a few words.
        code: of the rule that names it.
        file: where it is.
        field: in that file.
        text: stands on the line that is to be named; empty for line 1.
        edit: makes the mistake in a copy of the project.
        environment: the one that is checked.
        unset: a variable that the shell lacks.
        also: codes of findings that follow from the same mistake.
    """

    name: str
    code: str
    file: str
    field: str
    text: str
    edit: Edit
    environment: str = "dev"
    unset: str | None = None
    also: tuple[str, ...] = ()


def replaced(path: str, old: str, new: str) -> Edit:
    """Change text, as a person would."""
    return lambda project: project.edit(path, old, new)


def added(path: str, text: str) -> Edit:
    """Add lines at the end of a file."""

    def edit(project: Project) -> None:
        with (project.directory / path).open("a") as file:
            file.write(text)

    return edit


def changed(path: str, change: Callable[[dict[str, Any]], object], indent: int | None = 2) -> Edit:
    """Change a template in JSON."""

    def edit(project: Project) -> None:
        file = project.directory / path
        template = json.loads(file.read_text())
        change(template)
        file.write_text(json.dumps(template, indent=indent) + "\n")

    return edit


def both(*edits: Edit) -> Edit:
    """One mistake that takes several edits."""

    def edit(project: Project) -> None:
        for one in edits:
            one(project)

    return edit


def nothing(project: Project) -> None:
    """The project as it is."""


def without(path: str) -> Edit:
    """The project without one of its files."""

    def edit(project: Project) -> None:
        (project.directory / path).unlink()

    return edit


def statements(count: int) -> list[dict[str, Any]]:
    """As many statements as a policy of many queues has."""
    return [
        {
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": f"arn:aws:sqs:us-east-1:123456789012:exchange-{number:03}-orders-queue",
        }
        for number in range(count)
    ]


def trusts(count: int) -> list[dict[str, Any]]:
    """As many statements of a trust policy."""
    return [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": f"{number:012}"}},
        }
        for number in range(count)
    ]


def resource(template: dict[str, Any], name: str) -> dict[str, Any]:
    """A resource's properties."""
    properties: dict[str, Any] = template["Resources"][name]["Properties"]
    return properties


def put(path: str, place: str, value: Any) -> Edit:
    """Set what lies at a place such as ``Queue.QueueName`` of a template's resources."""
    name, *parts, last = place.split(".")

    def change(template: dict[str, Any]) -> None:
        inner: Any = resource(template, name)
        for part in parts:
            inner = inner[int(part) if isinstance(inner, list) else part]
        inner[int(last) if isinstance(inner, list) else last] = value

    return changed(path, change)


def wrong(name: str, code: str, path: str, place: str, value: Any) -> Broken:
    """One property that a service refuses, named where it is."""
    resource_, *parts = place.split(".")
    field = ".".join(["Resources", resource_, "Properties", *parts])
    return Broken(name, code, path, field, "", put(path, place, value))


def swap_roles(template: dict[str, Any]) -> None:
    """Give a task definition its execution role as its task role, and the other way round."""
    task = resource(template, "TaskDefinition")
    task["TaskRoleArn"], task["ExecutionRoleArn"] = task["ExecutionRoleArn"], task["TaskRoleArn"]


DEPLOY = "Resources.Pipeline.Properties.Stages.2.Actions.0"
BALANCER = "Resources.Service.Properties.LoadBalancers.0"
WEBSOCKET_GROUP = {"Fn::ImportValue": {"Fn::Sub": "${ALBStackName}-WebSocketTargetGroupArn"}}
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:sentry/${Environment}"


def exchanges(count: int) -> str:
    """A list of as many exchanges, as YAML has it."""
    return "[" + ", ".join(f"exchange-{number:04}" for number in range(count)) + "]"


PROJECTS = (
    # Config as a whole.
    Broken(
        "a variable that is set nowhere",
        *("OMS001", TASK, "", "oms_cppu"),
        replaced(TASK, "{{ oms_cpu }}", "{{ oms_cppu }}"),
    ),
    Broken(
        "a block of Jinja that is not closed",
        *("OMS001", TASK, "", "template:"),
        replaced(TASK, "} %}", "}"),
    ),
    Broken(
        "a quote that is not closed",
        *("OMS001", VPC, "", "VpcCidr"),
        replaced(VPC, "AvailabilityZone1: {{ region }}a", 'AvailabilityZone1: "{{ region }}a'),
    ),
    Broken(
        "a required setting that is missing",
        *("OMS001", CONFIG, "project_code", ""),
        replaced(CONFIG, "project_code: sentry\n", ""),
    ),
    Broken(
        "an environment's config.yaml that is no YAML",
        *("OMS001", DEV, "", "certificate_arn"),
        replaced(DEV, "environment: dev\n", "environment: [dev\n"),
    ),
    Broken(
        "a switch that is no boolean",
        *("OMS001", COGNITO, "", ""),
        added(COGNITO, 'ignore: "yes"\n'),
    ),
    Broken(
        "a misspelt tag",
        *("OMS002", REDIS, "", "!stack_outpt"),
        replaced(REDIS, "!stack_output", "!stack_outpt"),
    ),
    Broken(
        "a misspelt hook",
        *("OMS002", CLUSTER, "", "!service_linked_rol ecs"),
        replaced(CLUSTER, "!service_linked_role", "!service_linked_rol"),
    ),
    Broken(
        "a tag that reads a stack file which is not there",
        *("OMS003", REDIS, "dependencies", "vcp.yaml"),
        replaced(REDIS, "vpc.yaml", "vcp.yaml"),
    ),
    Broken(
        "a dependency that is not there",
        *("OMS003", SECRETS, "dependencies", "dev/vcp.yaml"),
        added(SECRETS, "dependencies: [dev/vcp.yaml]\n"),
    ),
    Broken(
        "two stacks that wait for each other",
        *("OMS004", ALB, "dependencies", "vpc.yaml"),
        added(VPC, "dependencies: [dev/alb.yaml]\n"),
    ),
    Broken(
        "a stack that waits for itself",
        *("OMS004", SECRETS, "dependencies", "dev/secrets.yaml"),
        added(SECRETS, "dependencies: [dev/secrets.yaml]\n"),
    ),
    Broken(
        "a misspelt setting",
        *("OMS005", REDIS, "paramaters", "paramaters:"),
        replaced(REDIS, "parameters:", "paramaters:"),
    ),
    Broken(
        "a timeout under a misspelt name",
        *("OMS005", COGNITO, "stack_timout", "stack_timout"),
        replaced(COGNITO, "stack_timeout", "stack_timout"),
    ),
    Broken(
        "a required variable that is not set",
        *("OMS006", CONFIG, "required_variables.ALARM_TOPIC_ARN", "[ALARM_TOPIC_ARN, "),
        nothing,
        unset="ALARM_TOPIC_ARN",
    ),
    Broken(
        "required variables that are no list",
        *("OMS006", CONFIG, "required_variables", "required_variables:"),
        replaced(
            CONFIG,
            "[ALARM_TOPIC_ARN, CODESTAR_CONNECTION_ARN, OMS_SOURCE_REPOSITORY]",
            "ALARM_TOPIC_ARN",
        ),
    ),
    Broken(
        "a stack file that another environment lacks",
        *("OMS007", "config/staging/pipeline-oms.yaml", "", ""),
        without("config/staging/pipeline-oms.yaml"),
    ),
    Broken(
        "an environment under another one's name",
        *("OMS008", "config/staging/config.yaml", "environment", "environment: dev"),
        replaced("config/staging/config.yaml", "environment: staging", "environment: dev"),
        environment="staging",
    ),
    # A stack's settings.
    Broken(
        "a stack's name with an underscore",
        *("OMS010", PIPELINE, "stack_name", "stack_name"),
        replaced(PIPELINE, "sentry-pipeline-oms-", "sentry_pipeline_oms_"),
    ),
    Broken(
        "a stack without a name",
        *("OMS010", COGNITO, "stack_name", ""),
        replaced(COGNITO, "stack_name: sentry-cognito-{{ environment }}\n", ""),
    ),
    Broken(
        "two stacks of one name",
        *("OMS011", SECRETS, "stack_name", "stack_name"),
        replaced(SECRETS, "sentry-secrets-", "sentry-cognito-"),
    ),
    Broken(
        "a stack without a timeout",
        *("OMS012", SQS, "stack_timeout", ""),
        replaced(SQS, "stack_timeout: 15\n", ""),
    ),
    Broken(
        "a tag of AWS's own",
        *("OMS013", SECRETS, "stack_tags.aws:owner", "aws:owner"),
        replaced(SECRETS, "  Stack: secrets", "  aws:owner: me"),
    ),
    Broken(
        "a zone that the region does not have",
        *("OMS014", VPC, "parameters.AvailabilityZone2", "AvailabilityZone2"),
        replaced(VPC, "{{ region }}b", "{{ region }}z"),
    ),
    Broken(
        "a certificate of another region",
        *("OMS014", ALB, "parameters.CertificateArn", "CertificateArn"),
        replaced(ALB, "{{ certificate_arn }}", "arn:aws:acm:sa-east-1:123456789012:certificate/x"),
    ),
    # Tags and hooks.
    Broken(
        "a misspelt point of a hook",
        *("OMS020", PIPELINE, "hooks.before_delet", "before_delet:"),
        replaced(PIPELINE, "before_delete:", "before_delet:"),
    ),
    Broken(
        "a hook outside a list",
        *("OMS021", CLUSTER, "hooks.before_create", "before_create"),
        replaced(CLUSTER, "- !service_linked_role", "!service_linked_role"),
    ),
    Broken(
        "a hook without its exclamation mark",
        *("OMS021", CLUSTER, "hooks.before_create.0", "- service_linked_role"),
        replaced(CLUSTER, "- !service_linked_role", "- service_linked_role"),
    ),
    Broken(
        "a misspelt field of a tag",
        *("OMS022", TASK, "parameters.AppSecretArn.stak", "stak:"),
        replaced(TASK, "    stack: {{ environment }}/secrets.yaml", "    stak: dev/secrets.yaml"),
    ),
    Broken(
        "a repository's name in capitals",
        *("OMS022", TASK, "hooks.before_create.0.name", "Sentry/oms-"),
        replaced(TASK, "- !ecr_repository sentry/", "- !ecr_repository Sentry/"),
    ),
    Broken(
        "a field of a tag that Jinja renders",
        *("OMS022", TASK, "parameters.DesiredCount.cuont", "DesiredCount"),
        replaced(
            TASK,
            "!desired_count {{ image | tojson }}",
            "!desired_count {{ dict(image, cuont=1) | tojson }}",
        ),
    ),
    Broken(
        "a stack output without its name",
        *("OMS022", REDIS, "", "!stack_output"),
        replaced(REDIS, "vpc.yaml::StackName", "vpc.yaml:StackName"),
    ),
    Broken(
        "an output that the target lacks",
        *("OMS023", PIPELINE, "parameters.ECSServiceName", "ECSServiceName"),
        replaced(PIPELINE, "::ServiceName", "::ServiceNam"),
    ),
    Broken(
        "a pattern that matches no queue",
        *("OMS024", CLUSTER, "parameters.SQSQueueNames", "SQSQueueNames"),
        replaced(CLUSTER, '"*-orders"', '"*-ordres"'),
    ),
    # Templates, and what passes between them.
    Broken(
        "a template that is not there",
        *("OMS030", COGNITO, "template.path", "path:"),
        replaced(COGNITO, "cognito-user-pool.json", "cognito-userpool.json"),
    ),
    Broken(
        "a template with a comma too few",
        *("OMS031", COGNITO_TEMPLATE, "", '"Description"'),
        replaced(COGNITO_TEMPLATE, '"2010-09-09",', '"2010-09-09"'),
    ),
    Broken(
        "a template without resources",
        *("OMS031", SECRETS_TEMPLATE, "", ""),
        changed(SECRETS_TEMPLATE, lambda template: template.pop("Resources")),
    ),
    Broken(
        "a resource that is no mapping",
        *("OMS031", SECRETS_TEMPLATE, "Resources.Key", '"Key"'),
        changed(SECRETS_TEMPLATE, lambda template: template["Resources"].update(Key="AWS::KMS")),
    ),
    Broken(
        "a misspelt field of a queue",
        *("OMS032", SQS, "sceptre_user_data", "sceptre_user_data"),
        replaced(SQS, "fifo: true", "fiffo: true"),
    ),
    Broken(
        "an exchange that is listed twice",
        *("OMS032", SQS, "sceptre_user_data", "sceptre_user_data"),
        replaced(CONFIG, "[bitget, bingx, okx]", "[bitget, bingx, bitget]"),
        also=("OMS048",),
    ),
    Broken(
        "a template in Python that fails",
        *("OMS032", "templates/messaging/sqs_queues.py", "", ""),
        replaced(
            "templates/messaging/sqs_queues.py",
            "    queues = messaging.all_queues\n    resources",
            "    queues = messaging.queue\n    resources",
        ),
    ),
    Broken(
        "a misspelt import",
        *(
            "OMS033",
            TASK_TEMPLATE,
            "Resources.TaskDefinition.Properties.TaskRoleArn",
            "TaskRoleArn",
        ),
        replaced(TASK_TEMPLATE, "StackName}-TaskRoleArn", "StackName}-TaskRolArn"),
    ),
    Broken(
        "a stack's name that nobody has",
        *("OMS033", REDIS, "parameters.VPCStackName", "VPCStackName"),
        replaced(REDIS, "!stack_output {{ environment }}/vpc.yaml::StackName", "sentry-vcp-dev"),
    ),
    Broken(
        "a stack's name that is written out",
        *("OMS034", REDIS, "parameters.VPCStackName", "VPCStackName"),
        replaced(REDIS, "!stack_output {{ environment }}/vpc.yaml::StackName", "sentry-vpc-dev"),
    ),
    Broken(
        "an output that nobody reads",
        *("OMS035", SECRETS_TEMPLATE, "Outputs.KeyId", '"KeyId"'),
        changed(
            SECRETS_TEMPLATE,
            lambda template: template["Outputs"].update(
                KeyId={"Description": "The key.", "Value": {"Ref": "Key"}}
            ),
        ),
    ),
    Broken(
        "an output that lost its only reader",
        *(
            "OMS035",
            VPC_TEMPLATE,
            "Outputs.RedisClientSecurityGroupId",
            '"RedisClientSecurityGroupId"',
        ),
        both(
            *(
                changed(
                    path,
                    lambda template: template["Outputs"]["RedisClientSecurityGroupId"].update(
                        Value="sg-00000000"
                    ),
                )
                for path in (CLUSTER_TEMPLATE, "templates/compute/ecs-cluster-gateway.json")
            ),
            changed(
                "templates/data/elasticache-redis.json",
                lambda template: template["Resources"].update(
                    json.loads(
                        json.dumps(template["Resources"]).replace(
                            '{"Fn::ImportValue": {"Fn::Sub": '
                            '"${VPCStackName}-RedisClientSecurityGroupId"}}',
                            '"sg-00000000"',
                        )
                    )
                ),
            ),
        ),
    ),
    Broken(
        "a public output that was renamed",
        *("OMS036", SECRETS_TEMPLATE, "Metadata.Sentry::PublicOutputs.TheKeyArn", '"TheKeyArn"'),
        changed(
            SECRETS_TEMPLATE,
            lambda template: template["Metadata"]["Sentry::PublicOutputs"].append("TheKeyArn"),
        ),
    ),
    Broken(
        "a key that its mapping lacks",
        *("OMS037", COGNITO_TEMPLATE, "Resources.UserPool", '"UserPool"'),
        changed(
            COGNITO_TEMPLATE,
            lambda template: template["Mappings"]["UserPool"]["dev"].pop("MfaConfiguration"),
        ),
    ),
    Broken(
        "two exports of one name",
        *("OMS038", SECRETS_TEMPLATE, "Outputs.AlsoSecretArn.Export", ""),
        changed(
            SECRETS_TEMPLATE,
            lambda template: (
                template["Outputs"].update(
                    AlsoSecretArn={
                        "Value": {"Ref": "AppSecret"},
                        "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-SecretArn"}},
                    }
                ),
                template["Metadata"]["Sentry::PublicOutputs"].append("AlsoSecretArn"),
            ),
        ),
    ),
    # Parameters.
    Broken(
        "a misspelt parameter",
        *("OMS040", ALB, "parameters.CertificatArn", "CertificatArn"),
        replaced(ALB, "CertificateArn", "CertificatArn"),
    ),
    Broken(
        "a misspelt parameter without default",
        *("OMS040", COGNITO, "parameters.Enviroment", "Enviroment"),
        replaced(COGNITO, "  Environment:", "  Enviroment:"),
    ),
    Broken(
        "a parameter that is not given",
        *("OMS041", TASK, "parameters.ECRRepositoryUri", "parameters:"),
        replaced(
            TASK, "  ECRRepositoryUri: !ecr_repository_uri sentry/oms-{{ environment }}\n", ""
        ),
    ),
    Broken(
        "CPU units that Fargate does not offer",
        *("OMS042", TASK, "parameters.Cpu", "Cpu:"),
        replaced(CONFIG, 'oms_cpu: ""', 'oms_cpu: "300"'),
    ),
    Broken(
        "a switch that is neither true nor false",
        *("OMS042", REDIS, "parameters.MultiAZ", "MultiAZ"),
        replaced(REDIS, "{{ multi_az }}", "maybe"),
    ),
    Broken(
        "a zone that is none",
        *("OMS043", VPC, "parameters.AvailabilityZone1", "AvailabilityZone1"),
        replaced(VPC, "{{ region }}a", "{{ region }}"),
    ),
    Broken(
        "a repository's name that ECR refuses",
        *("OMS043", PIPELINE, "parameters.ECRRepositoryName", "ECRRepositoryName"),
        replaced(PIPELINE, "sentry/oms-", "Sentry/oms-"),
    ),
    Broken(
        "a name that is too long",
        *("OMS044", PIPELINE, "parameters.ECRRepositoryName", "ECRRepositoryName"),
        replaced(PIPELINE, "sentry/oms-", f"sentry/{'oms' * 90}-"),
    ),
    Broken(
        "a count that is no number",
        *("OMS045", TASK, "parameters.DesiredCount", "DesiredCount"),
        replaced(TASK, "!desired_count {{ image | tojson }}", "some"),
    ),
    Broken(
        "a number out of bounds",
        *("OMS045", TASK, "parameters.MinCapacity", "MinCapacity"),
        added(TASK, "  MinCapacity: -1\n"),
    ),
    Broken(
        "a list that no parameter holds",
        *("OMS046", TASK, "parameters.Exchanges", "Exchanges"),
        replaced(TASK, "{{ exchanges | tojson }}", exchanges(400)),
    ),
    Broken(
        "a pair of CPU and memory that Fargate does not have",
        *("OMS047", TASK, "parameters.Memory", "Memory"),
        both(
            replaced(CONFIG, 'oms_cpu: ""', 'oms_cpu: "256"'),
            replaced(CONFIG, 'oms_memory: ""', 'oms_memory: "4096"'),
        ),
    ),
    Broken(
        "prod in dev's range of addresses",
        *("OMS047", "config/prod/vpc.yaml", "parameters.VpcCidr", "VpcCidr"),
        added("config/prod/vpc.yaml", "  VpcCidr: 172.22.0.0/16\n"),
        environment="prod",
    ),
    Broken(
        "prod without a certificate",
        *("OMS047", "config/prod/alb.yaml", "parameters.CertificateArn", "CertificateArn"),
        replaced("config/prod/alb.yaml", "{{ certificate_arn }}", ""),
        environment="prod",
    ),
    # Limits of AWS.
    Broken(
        "a template that no request holds",
        *("OMS051", COGNITO_TEMPLATE, "", ""),
        changed(COGNITO_TEMPLATE, lambda template: template["Metadata"].update(Notes="x" * 50_000)),
    ),
    Broken(
        "a template that is larger than a bucket's may be",
        *("OMS051", COGNITO_TEMPLATE, "", ""),
        both(
            changed(
                COGNITO_TEMPLATE,
                lambda template: template["Metadata"].update(Notes="x" * 1_100_000),
            ),
            added(COGNITO, "template_bucket_name: sentry-templates\n"),
        ),
    ),
    Broken(
        "a role's name that is too long",
        *("OMS052", CLUSTER_TEMPLATE, "Resources.TaskRole.Properties.RoleName", '"RoleName"'),
        replaced(CLUSTER_TEMPLATE, "sentry-oms-task-${Env", f"sentry-{'oms-' * 15}task-${{Env"),
    ),
    Broken(
        "a table's name with a character that DynamoDB refuses",
        *("OMS052", TABLE_TEMPLATE, "Resources.Table.Properties.TableName", '"TableName"'),
        replaced(TABLE_TEMPLATE, "oms_config_${Environment}", "oms/config/${Environment}"),
    ),
    Broken(
        "a role with more policies than IAM takes",
        *("OMS053", CLUSTER_TEMPLATE, "Resources.TaskRole.Properties.Policies", '"Policies"'),
        changed(
            CLUSTER_TEMPLATE,
            lambda template: resource(template, "TaskRole")["Policies"][0]["PolicyDocument"][
                "Statement"
            ].extend(statements(90)),
            indent=None,
        ),
    ),
    Broken(
        "a trust policy that is too long",
        *(
            "OMS053",
            CLUSTER_TEMPLATE,
            "Resources.TaskRole.Properties.AssumeRolePolicyDocument",
            '"AssumeRolePolicyDocument"',
        ),
        changed(
            CLUSTER_TEMPLATE,
            lambda template: resource(template, "TaskRole")["AssumeRolePolicyDocument"][
                "Statement"
            ].extend(trusts(20)),
            indent=None,
        ),
    ),
    Broken(
        "a task definition that is too large",
        *("OMS054", TASK_TEMPLATE, "Resources.TaskDefinition.Properties", '"Properties"'),
        both(
            replaced(TASK, "{{ exchanges | tojson }}", exchanges(280)),
            changed(
                TASK_TEMPLATE,
                lambda template: resource(template, "TaskDefinition")["ContainerDefinitions"][0][
                    "Environment"
                ].extend(
                    {"Name": f"LIST_{number}", "Value": {"Fn::Join": [",", {"Ref": "Exchanges"}]}}
                    for number in range(20)
                ),
            ),
        ),
    ),
    Broken(
        "a role where no capability is passed",
        *("OMS055", REDIS_TEMPLATE, "Resources.Role", '"Role"'),
        changed(
            REDIS_TEMPLATE,
            lambda template: template["Resources"].update(
                Role={
                    "Type": "AWS::IAM::Role",
                    "Properties": {
                        "AssumeRolePolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                                    "Action": "sts:AssumeRole",
                                }
                            ],
                        }
                    },
                }
            ),
        ),
    ),
    Broken(
        "two roles of one name",
        *("OMS056", CLUSTER_TEMPLATE, "Resources.ExecutionRole.Properties.RoleName"),
        '"RoleName"',
        replaced(CLUSTER_TEMPLATE, "sentry-oms-execution-", "sentry-oms-task-"),
    ),
    # What a service refuses of its resources.
    Broken(
        "a table that is listed twice",
        *("OMS048", CLUSTER, "parameters.DynamoDBTableNames", "DynamoDBTableNames"),
        replaced(CLUSTER, "/dynamodb-trading.yaml", "/dynamodb-config.yaml"),
    ),
    # An environment is its own.
    Broken(
        "prod's secrets under dev's name",
        *("OMS080", "config/prod/secrets.yaml", "stack_name", "stack_name"),
        replaced(
            "config/prod/secrets.yaml", "sentry-secrets-{{ environment }}", "sentry-secrets-dev"
        ),
        environment="prod",
    ),
    Broken(
        "prod's order management with dev's names",
        *("OMS081", "config/prod/task-oms.yaml", "parameters.Environment", "Environment"),
        replaced("config/prod/task-oms.yaml", "Environment: {{ environment }}", "Environment: dev"),
        environment="prod",
    ),
    Broken(
        "dev's Redis in staging's VPC",
        *("OMS082", REDIS, "parameters.VPCStackName", "VPCStackName"),
        replaced(REDIS, "{{ environment }}/vpc.yaml", "staging/vpc.yaml"),
    ),
    Broken(
        "a dependency on another environment",
        *("OMS082", SECRETS, "dependencies", "dependencies"),
        added(SECRETS, "dependencies: [prod/cognito.yaml]\n"),
    ),
    Broken(
        "master-order as a standard queue",
        *("OMS088", SQS, "sceptre_user_data.queues", "queues:"),
        replaced(SQS, "fifo: true", "fifo: false"),
    ),
    Broken(
        "more MFA than the template gives",
        *("OMS089", FRONTEND, "hooks.before_create.0.mfa", "!validate_cognito"),
        replaced(FRONTEND, '"mfa": cognito_mfa', '"mfa": "ON"'),
    ),
    # Wiring.
    Broken(
        "a pipeline into the other cluster",
        *("OMS083", PIPELINE_TEMPLATE, f"{DEPLOY}.Configuration", '"Configuration"'),
        replaced(PIPELINE, "/cluster-oms.yaml::ClusterName", "/cluster-gateway.yaml::ClusterName"),
    ),
    Broken(
        "a container in imagedefinitions.json that does not exist",
        *("OMS083", PIPELINE_TEMPLATE, f"{DEPLOY}.Configuration", '"Configuration"'),
        put(PIPELINE_TEMPLATE, "BuildProject.Environment.EnvironmentVariables.3.Value", "worker"),
    ),
    wrong(
        *("a service and its cluster swapped for auto scaling", "OMS083", TASK_TEMPLATE),
        *("ScalableTarget.ResourceId", {"Fn::Sub": "service/${Service.Name}/sentry-oms-dev"}),
    ),
    Broken(
        "a tag that asks the other cluster for the service",
        *("OMS083", TASK, "parameters.ImageTag", "ImageTag"),
        replaced(TASK, '"cluster": "sentry-oms-"', '"cluster": "sentry-gateway-"'),
    ),
    Broken(
        "a table that no stack creates",
        *("OMS084", CLUSTER_TEMPLATE, "Resources.TaskRole.Properties.Policies", '"Policies"'),
        replaced(
            CLUSTER,
            "!stack_output {{ environment }}/dynamodb-trading.yaml::TableName",
            "oms_trades",
        ),
    ),
    wrong(
        *("a container's table that no stack creates", "OMS084", TASK_TEMPLATE),
        *("TaskDefinition.ContainerDefinitions.0.Environment", [{"Name": "X_TABLE", "Value": "x"}]),
    ),
    Broken(
        "a secret that no stack creates",
        *("OMS084", TASK, "parameters.AppSecretArn.name", "name: sentry"),
        replaced(TASK, "name: sentry/{{ environment }}\n", "name: sentry/{{ environment }}/app\n"),
    ),
    Broken(
        "a queue that no role may use",
        *("OMS085", QUEUES_SOURCE, "Resources.OrderExecutionPollingQueue.Properties.QueueName", ""),
        replaced(CLUSTER, ", order-execution-polling", ""),
    ),
    wrong(
        *("a boundary that bootstrap does not create", "OMS086", CLUSTER_TEMPLATE),
        *("TaskRole.PermissionsBoundary", {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/x"}),
    ),
    Broken(
        "a boundary's pattern that matches no table",
        *(
            "OMS086",
            BOUNDARIES,
            "Resources.DevBoundary.Properties.PolicyDocument",
            "PolicyDocument",
        ),
        replaced(BOUNDARIES, "table/oms_*_dev", "table/oms-*_dev"),
        environment="bootstrap",
    ),
    Broken(
        "a task's two roles swapped",
        *(
            "OMS087",
            TASK_TEMPLATE,
            "Resources.TaskDefinition.Properties.TaskRoleArn",
            "TaskRoleArn",
        ),
        changed(TASK_TEMPLATE, swap_roles),
    ),
    Broken(
        "the front end in the WebSocket service's target group",
        *("OMS090", FRONTEND_TEMPLATE, f"{BALANCER}.TargetGroupArn", '"TargetGroupArn"'),
        put(FRONTEND_TEMPLATE, "Service.LoadBalancers.0.TargetGroupArn", WEBSOCKET_GROUP),
        also=("OMS035",),
    ),
    Broken(
        "a target group to which no listener forwards",
        *("OMS090", WEBSOCKET_TEMPLATE, f"{BALANCER}.TargetGroupArn", '"TargetGroupArn"'),
        changed(ALB_TEMPLATE, lambda template: template["Resources"].pop("WebSocketListenerRule")),
    ),
    wrong(
        *("a JSON key of a secret that is a plain text", "OMS091", TASK_TEMPLATE),
        "TaskDefinition.ContainerDefinitions.0.Secrets",
        [{"Name": "A", "ValueFrom": {"Fn::Sub": f"{SECRET_ARN}/redis-AbCdEf:token::"}}],
    ),
)
