"""Mistakes in config: files, settings, tags and parameters."""

from __future__ import annotations

from tests.broken.edits import Broken, append, appended, edited, every, replace

CONFIG = "config/config.yaml"
DEV = "config/dev/config.yaml"
STAGING = "config/staging/config.yaml"
PROD = "config/prod/config.yaml"
VPC = "config/dev/vpc.yaml"
COGNITO = "config/dev/cognito.yaml"
SQS = "config/dev/sqs.yaml"
SECRETS = "config/dev/secrets.yaml"
REDIS = "config/dev/redis.yaml"
ALB = "config/dev/alb.yaml"
CLUSTER = "config/dev/cluster-oms.yaml"
TASK = "config/dev/task-oms.yaml"
PIPELINE = "config/dev/pipeline-oms.yaml"
STAGING_PIPELINE = "config/staging/pipeline-oms.yaml"
PROD_VPC = "config/prod/vpc.yaml"
PROD_ALB = "config/prod/alb.yaml"

VPC_NAME = "!stack_output {{ environment }}/vpc.yaml::StackName"
URI = "  ECRRepositoryUri: !ecr_repository_uri sentry/oms-{{ environment }}\n"


def exchanges(count: int) -> str:
    """Return a YAML list of so many exchanges."""
    return "[" + ", ".join(f"exchange-{number:04}" for number in range(count)) + "]"


FILES = {
    "OMS001 an undefined variable": edited(
        TASK, "", "{{ oms_cpu }}", "{{ oms_cppu }}", line="oms_cppu"
    ),
    "OMS001 an open Jinja block": edited(TASK, "", "} %}", "}", line="template:"),
    "OMS001 an open quote": edited(VPC, "", "{{ region }}a", '"{{ region }}a', line="VpcCidr"),
    "OMS001 a missing required setting": edited(
        CONFIG, "project_code", "project_code: sentry\n", "", line=""
    ),
    "OMS001 invalid YAML in an environment's config.yaml": edited(
        DEV, "", "environment: dev\n", "environment: [dev\n", line="certificate_arn"
    ),
    "OMS001 a switch that is not a boolean": appended(COGNITO, "", 'ignore: "yes"\n'),
    "OMS002 a misspelt resolver": edited(
        REDIS, "", "!stack_output", "!stack_outpt", line="!stack_outpt"
    ),
    "OMS002 a misspelt hook": edited(
        CLUSTER, "", "!service_linked_role", "!service_linked_rol", line="!service_linked_rol ecs"
    ),
    "OMS003 a tag that reads a missing stack file": edited(
        REDIS, "dependencies", "vpc.yaml", "vcp.yaml", line="vcp.yaml"
    ),
    "OMS003 a missing dependency": appended(
        SECRETS, "dependencies", "dependencies: [dev/vcp.yaml]\n", line="dev/vcp.yaml"
    ),
    "OMS004 two stacks that depend on each other": Broken(
        ALB, "dependencies", append(VPC, "dependencies: [dev/alb.yaml]\n"), line="vpc.yaml"
    ),
    "OMS004 a stack that depends on itself": appended(
        SECRETS, "dependencies", "dependencies: [dev/secrets.yaml]\n", line="dev/secrets.yaml"
    ),
    "OMS005 a misspelt setting": edited(REDIS, "paramaters", "parameters:", "paramaters:"),
    "OMS006 an unset required variable": Broken(
        CONFIG, "required_variables.ALARM_TOPIC_ARN", lambda _: None, unset="ALARM_TOPIC_ARN"
    ),
    "OMS006 required variables that are not a list": Broken(
        CONFIG,
        "required_variables",
        every(
            replace(CONFIG, "house_rules: true", "house_rules: false"),
            replace(
                CONFIG,
                "[ALARM_TOPIC_ARN, CODESTAR_CONNECTION_ARN, OMS_SOURCE_REPOSITORY]",
                "ALARM_TOPIC_ARN",
            ),
        ),
    ),
    "OMS007 a stack file that another environment lacks": Broken(
        STAGING_PIPELINE, "", lambda project: (project.directory / STAGING_PIPELINE).unlink()
    ),
    "OMS009 a misspelt setting of an environment": appended(
        PROD, "state_protecton", "state_protecton: full\n", environment="prod"
    ),
    "OMS009 a misspelt tag setting": appended(DEV, "stak_tags", "stak_tags: {a: b}\n"),
    "OMS009 a misspelt executor": edited(CONFIG, "executer", "executor:", "executer:"),
    "OMS009 a misspelt list of exchanges": edited(CONFIG, "exchange", "exchanges:", "exchange:"),
    "OMS009 a region that AWS lacks": edited(CONFIG, "region", "us-east-1", "us-est-1"),
    "OMS009 an invalid level of protection": edited(
        CONFIG, "state_protection", "state_protection: none", "state_protection: ful"
    ),
    "OMS015 a setting that is given twice": appended(
        CONFIG, "region", "region: eu-west-1\n", line="region: eu-west-1"
    ),
    "OMS015 a parameter that is given twice": edited(
        REDIS,
        "Environment",
        "parameters:\n",
        "parameters:\n  Environment: dev\n",
        line="Environment: {{ environment }}",
    ),
    "OMS008 an environment with another environment's name": edited(
        STAGING, "environment", "environment: staging", "environment: dev", environment="staging"
    ),
}

SETTINGS = {
    "OMS010 a stack name with an underscore": edited(
        PIPELINE, "stack_name", "sentry-pipeline-oms-", "sentry_pipeline_oms_"
    ),
    "OMS010 a stack without a name": edited(
        COGNITO, "stack_name", "stack_name: sentry-cognito-{{ environment }}\n", "", line=""
    ),
    "OMS011 two stacks with one name": edited(
        SECRETS, "stack_name", "sentry-secrets-", "sentry-cognito-"
    ),
    "OMS012 a stack without a timeout": edited(
        SQS, "stack_timeout", "stack_timeout: 15\n", "", line=""
    ),
    "OMS013 a tag with AWS's prefix": edited(
        SECRETS, "stack_tags.aws:owner", "  Stack: secrets", "  aws:owner: me", line="aws:owner"
    ),
    "OMS014 a stack in a misspelt region": appended(SECRETS, "region", "region: us-esat-1\n"),
    "OMS016 a zone that the region lacks": edited(
        VPC, "parameters.AvailabilityZone2", "{{ region }}b", "{{ region }}z"
    ),
    "OMS016 a certificate of another region": edited(
        ALB,
        "parameters.CertificateArn",
        "{{ certificate_arn }}",
        "arn:aws:acm:sa-east-1:123456789012:certificate/x",
    ),
}

SUPPRESSIONS = {
    "OMS017 a suppression without a reason": edited(
        SQS,
        "",
        "stack_timeout: 15\n",
        "stack_timeout: 15  # oms: accept OMS012\n",
        line="stack_timeout",
    ),
    "OMS018 a suppression of nothing": edited(
        SQS,
        "OMS012",
        "stack_timeout: 15\n",
        "stack_timeout: 15  # oms: accept OMS012: Queues are created in seconds.\n",
    ),
}

TAGS = {
    "OMS020 a misspelt hook point": edited(
        PIPELINE, "hooks.before_delet", "before_delete:", "before_delet:"
    ),
    "OMS021 a hook outside a list": edited(
        CLUSTER, "hooks.before_create", "- !service_linked_role", "!service_linked_role"
    ),
    "OMS021 a hook without its exclamation mark": edited(
        CLUSTER,
        "hooks.before_create.0",
        "- !service_linked_role",
        "- service_linked_role",
        line="- service_linked_role",
    ),
    "OMS022 a misspelt field of a tag": edited(
        TASK,
        "parameters.AppSecretArn.stak",
        "    stack: {{ environment }}/secrets.yaml",
        "    stak: dev/secrets.yaml",
    ),
    "OMS022 a repository name in capitals": edited(
        TASK,
        "hooks.before_create.0.name",
        "- !ecr_repository sentry/",
        "- !ecr_repository Sentry/",
        line="Sentry/oms-",
    ),
    "OMS022 a misspelt field that Jinja renders": edited(
        TASK,
        "parameters.DesiredCount.cuont",
        "!desired_count {{ image | tojson }}",
        "!desired_count {{ dict(image, cuont=1) | tojson }}",
        line="DesiredCount",
    ),
    "OMS022 a stack output without its key": edited(
        REDIS, "", "vpc.yaml::StackName", "vpc.yaml:StackName", line="!stack_output"
    ),
    "OMS023 an output that the target lacks": edited(
        PIPELINE, "parameters.ECSServiceName", "::ServiceName", "::ServiceNam"
    ),
    "OMS024 a pattern that matches no queue": edited(
        CLUSTER, "parameters.SQSQueueNames", '"*-orders"', '"*-ordres"'
    ),
}

PARAMETERS = {
    "OMS040 a misspelt parameter": edited(
        ALB, "parameters.CertificatArn", "CertificateArn", "CertificatArn"
    ),
    "OMS041 a missing parameter": edited(
        TASK, "parameters.ECRRepositoryUri", URI, "", line="parameters:"
    ),
    "OMS042 CPU units that Fargate lacks": edited(
        TASK, "parameters.Cpu", '"{{ oms_cpu }}"', '"300"'
    ),
    "OMS042 a switch that is neither true nor false": edited(
        REDIS, "parameters.MultiAZ", "{{ multi_az }}", "maybe"
    ),
    "OMS043 a repository name in capitals": edited(
        PIPELINE, "parameters.ECRRepositoryName", "sentry/oms-", "Sentry/oms-"
    ),
    "OMS044 a name that is too long": edited(
        PIPELINE, "parameters.ECRRepositoryName", "sentry/oms-", f"sentry/{'oms' * 90}-"
    ),
    "OMS045 a count that is not a number": edited(
        TASK, "parameters.DesiredCount", "!desired_count {{ image | tojson }}", "some"
    ),
    "OMS045 a number below the minimum": edited(
        TASK, "parameters.MinCapacity", "{{ oms_min }}", "-1"
    ),
    "OMS046 a list that is longer than a parameter": edited(
        TASK, "parameters.Exchanges", "{{ exchanges | tojson }}", exchanges(400)
    ),
    "OMS047 CPU and memory that Fargate does not combine": Broken(
        TASK,
        "parameters.Memory",
        every(
            replace(CONFIG, 'oms_cpu: ""', 'oms_cpu: "256"'),
            replace(CONFIG, 'oms_memory: ""', 'oms_memory: "4096"'),
        ),
    ),
    "OMS047 prod with dev's address range": edited(
        PROD_VPC, "parameters.VpcCidr", "{{ vpc_cidr }}", "172.22.0.0/16", environment="prod"
    ),
    "OMS047 prod without a certificate": edited(
        PROD_ALB, "parameters.CertificateArn", "{{ certificate_arn }}", "", environment="prod"
    ),
    "OMS048 a table that is listed twice": edited(
        CLUSTER, "parameters.DynamoDBTableNames", "/dynamodb-trading.yaml", "/dynamodb-config.yaml"
    ),
}

BROKEN = {**FILES, **SETTINGS, **SUPPRESSIONS, **TAGS, **PARAMETERS}
