"""The broken projects: this project with one mistake each, where it is, and its code.

``tests/unit/test_checks.py`` gives them to the check, ``tests/broken/compare.py`` to stock Sceptre.
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
FRONTEND = "config/dev/task-frontend.yaml"
PIPELINE = "config/dev/pipeline-oms.yaml"

COGNITO_TEMPLATE = "templates/cognito/cognito-user-pool.json"
SECRETS_TEMPLATE = "templates/secrets/secrets-manager.json"
TABLE_TEMPLATE = "templates/dynamodb/oms-config-table.json"
TASK_TEMPLATE = "templates/compute/task-definition-oms.json"
CLUSTER_TEMPLATE = "templates/compute/ecs-cluster-oms.json"
VPC_TEMPLATE = "templates/networking/vpc-nonprod.json"
ALB_TEMPLATE = "templates/networking/alb-frontend.json"
REDIS_TEMPLATE = "templates/data/elasticache-redis.json"
TRADING_TEMPLATE = "templates/dynamodb/oms-trading-table.json"
QUEUES_TEMPLATE = "templates/messaging/sqs-queues.json"
WEBSOCKET_TEMPLATE = "templates/compute/task-definition-websocket.json"
PIPELINE_TEMPLATE = "templates/cicd/codepipeline-oms.json"


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
        has_bucket: whether its templates go through a bucket, which the embedded AWS can't read.
    """

    name: str
    code: str
    file: str
    field: str
    text: str
    edit: Edit
    environment: str = "dev"
    unset: str | None = None
    has_bucket: bool = False


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
        "more mappings than CloudFormation takes",
        *("OMS050", COGNITO_TEMPLATE, "Mappings", ""),
        changed(
            COGNITO_TEMPLATE,
            lambda template: template["Mappings"].update(
                {f"M{number}": {"a": {"b": "c"}} for number in range(201)}
            ),
            indent=None,
        ),
    ),
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
        has_bucket=True,
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
    wrong("a misspelt property", "OMS060", VPC_TEMPLATE, "Vpc.EnableDnsHostname", True),
    wrong(
        *("a property of the wrong type", "OMS060", SECRETS_TEMPLATE),
        *("Key.EnableKeyRotation", "yes"),
    ),
    wrong(
        *("a health check that is too seldom", "OMS060", ALB_TEMPLATE),
        *("FrontendTargetGroup.HealthCheckIntervalSeconds", 301),
    ),
    Broken(
        "days of retention that CloudWatch does not have",
        *("OMS060", CLUSTER_TEMPLATE, "Resources.LogGroup.Properties.RetentionInDays"),
        '"RetentionInDays"',
        changed(
            CLUSTER_TEMPLATE,
            lambda template: template["Mappings"]["Cluster"]["dev"].update(LogRetentionDays=15),
        ),
    ),
    Broken(
        "a resource of a type that the region lacks",
        *("OMS060", SECRETS_TEMPLATE, "Resources.AppSecret.Type", '"Type"'),
        replaced(SECRETS_TEMPLATE, "AWS::SecretsManager::Secret", "AWS::SecretsManager::Secrets"),
    ),
    Broken(
        "a property that is missing",
        *("OMS060", REDIS_TEMPLATE, "Resources.SubnetGroup.Properties", ""),
        changed(
            REDIS_TEMPLATE, lambda template: resource(template, "SubnetGroup").pop("Description")
        ),
    ),
    wrong(
        *("an action that IAM does not know", "OMS061", CLUSTER_TEMPLATE),
        *("TaskRole.Policies.0.PolicyDocument.Statement.0.Action", "sqs:RecieveMessage"),
    ),
    wrong(
        *("a service principal that does not exist", "OMS061", CLUSTER_TEMPLATE),
        *("TaskRole.AssumeRolePolicyDocument.Statement.0.Principal.Service", "ecs.task.aws"),
    ),
    wrong(
        *("a policy of another day", "OMS061", CLUSTER_TEMPLATE),
        *("TaskRole.AssumeRolePolicyDocument.Version", "2012-10-18"),
    ),
    wrong(
        *("a subnet outside its VPC", "OMS062", VPC_TEMPLATE),
        *("PublicSubnet1.CidrBlock", "10.99.0.0/20"),
    ),
    wrong(
        *("a port that is none", "OMS062", VPC_TEMPLATE),
        *("AlbSecurityGroup.SecurityGroupIngress.0.ToPort", 70000),
    ),
    wrong(
        *("a protocol that is none", "OMS062", VPC_TEMPLATE),
        *("AlbSecurityGroup.SecurityGroupIngress.0.IpProtocol", "http"),
    ),
    wrong(
        *("a timeout longer than its interval", "OMS063", ALB_TEMPLATE),
        *("FrontendTargetGroup.HealthCheckTimeoutSeconds", 20),
    ),
    wrong(
        *("an attribute that no load balancer has", "OMS063", ALB_TEMPLATE),
        *("LoadBalancer.LoadBalancerAttributes.0.Key", "idle_timeout.seconds"),
    ),
    wrong(
        *("two rules of a firewall with one priority", "OMS064", ALB_TEMPLATE),
        *("WebAcl.Rules.1.Priority", 0),
    ),
    wrong(
        *("a lifecycle rule without an expiry", "OMS065", PIPELINE_TEMPLATE),
        *("ArtifactBucket.LifecycleConfiguration.Rules.0.ExpirationInDays", 0),
    ),
    wrong(
        *("an access token that lives for two days", "OMS066", COGNITO_TEMPLATE),
        *("UserPoolClient.IdTokenValidity", 1),
    ),
    wrong(
        *("a projection of all with attributes", "OMS067", TRADING_TEMPLATE),
        *("Table.GlobalSecondaryIndexes.0.Projection.NonKeyAttributes", ["a"]),
    ),
    Broken(
        "a queue in Python that tries too often",
        *("OMS068", "templates/messaging/sqs_queues.py"),
        "Resources.MasterOrderQueue.Properties.RedrivePolicy.maxReceiveCount",
        "",
        replaced(
            "templates/messaging/sqs_queues.py",
            '"maxReceiveCount": MAX_RECEIVE_COUNT',
            '"maxReceiveCount": 1001 if queue.name == "master-order" else 5',
        ),
    ),
    wrong(
        *("a dead-letter queue of the other kind", "OMS068", QUEUES_TEMPLATE),
        "MasterOrderQueue.RedrivePolicy.deadLetterTargetArn",
        {"Fn::GetAtt": ["ClientsEventsDeadLetterQueue", "Arn"]},
    ),
    wrong(
        *("a queue that tries too often", "OMS068", QUEUES_TEMPLATE),
        *("MasterOrderQueue.RedrivePolicy.maxReceiveCount", 1001),
    ),
    wrong(
        *("a secret that is too long", "OMS069", SECRETS_TEMPLATE),
        *("AppSecret.GenerateSecretString.PasswordLength", 4097),
    ),
    wrong(
        *("a window that is too short", "OMS070", REDIS_TEMPLATE),
        *("ReplicationGroup.SnapshotWindow", "03:00-03:30"),
    ),
    Broken(
        "a node type that Redis does not have",
        *("OMS070", REDIS_TEMPLATE, "Resources.ReplicationGroup.Properties.CacheNodeType"),
        '"CacheNodeType"',
        changed(
            REDIS_TEMPLATE,
            lambda template: template["Mappings"]["Redis"]["dev"].update(NodeType="cache.t4g.mini"),
        ),
    ),
    wrong(
        *("more data points than periods", "OMS071", ALB_TEMPLATE),
        *("FrontendErrorAlarm.DatapointsToAlarm", 6),
    ),
    wrong(
        *("a mount of no volume", "OMS072", TASK_TEMPLATE),
        *("TaskDefinition.ContainerDefinitions.0.MountPoints.0.SourceVolume", "temp"),
    ),
    wrong(
        *("a health check that is too often", "OMS072", TASK_TEMPLATE),
        *("TaskDefinition.ContainerDefinitions.0.HealthCheck.Interval", 4),
    ),
    wrong(
        *("a privileged container on Fargate", "OMS072", TASK_TEMPLATE),
        *("TaskDefinition.ContainerDefinitions.0.Privileged", True),
    ),
    wrong(
        *("a load balancer's container that is none", "OMS073", WEBSOCKET_TEMPLATE),
        *("Service.LoadBalancers.0.ContainerName", "web"),
    ),
    Broken(
        "a minimum above the maximum",
        *("OMS074", TASK_TEMPLATE, "Resources.ScalableTarget.Properties.MinCapacity"),
        '"MinCapacity"',
        both(
            replaced(CONFIG, "oms_min: 0", "oms_min: 5"),
            replaced(CONFIG, "oms_max: 0", "oms_max: 3"),
        ),
    ),
    # The approval is a stage of the template, and dev leaves it out.
    Broken(
        "a provider that CodePipeline does not have",
        *("OMS075", PIPELINE_TEMPLATE),
        "Resources.Pipeline.Properties.Stages.1.Actions.0.ActionTypeId.Provider",
        "",
        put(PIPELINE_TEMPLATE, "Pipeline.Stages.2.Actions.0.ActionTypeId.Provider", "CodeBuilds"),
    ),
    # The approval is a stage of the template, and dev leaves it out.
    Broken(
        "an artifact that nobody makes",
        *("OMS075", PIPELINE_TEMPLATE),
        "Resources.Pipeline.Properties.Stages.1.Actions.0.InputArtifacts.0.Name",
        "",
        put(PIPELINE_TEMPLATE, "Pipeline.Stages.2.Actions.0.InputArtifacts.0.Name", "Sources"),
    ),
    wrong(
        *("a build specification without phases", "OMS076", PIPELINE_TEMPLATE),
        *("BuildProject.Source.BuildSpec", "version: 0.2\nartifacts:\n  files: [x]\n"),
    ),
)
