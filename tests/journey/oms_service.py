"""The OMS' service in dev, as tests look at it and as the pipeline deploys to it."""

from __future__ import annotations

from typing import Any

from tests.conftest import EmbeddedAws

STACK = "sentry-task-oms-dev"
CLUSTER, SERVICE, REPOSITORY = "sentry-oms-dev", "sentry-oms-service-dev", "sentry/oms-dev"
FIRST, SECOND, THIRD = ("1" * 40, "2" * 40, "3" * 40)


def service(aws: EmbeddedAws) -> dict[str, Any]:
    (found,) = aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    return dict(found)


def definition(aws: EmbeddedAws) -> dict[str, Any]:
    """The task definition that the service is to run."""
    arn = service(aws)["taskDefinition"]
    response = aws.client("ecs").describe_task_definition(taskDefinition=arn)
    return dict(response["taskDefinition"])


def running(aws: EmbeddedAws) -> str:
    """The tag of the image that the service is to run."""
    return str(definition(aws)["containerDefinitions"][0]["image"].rpartition(":")[2])


def parameters(aws: EmbeddedAws) -> dict[str, str]:
    pairs = aws.stack("sentry-task-oms-dev")["Parameters"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in pairs}


def deploy(aws: EmbeddedAws, tag: str) -> str:
    """Deploy a tag as CodePipeline's ECS action does: a copy of what runs, with another image."""
    ecs = aws.client("ecs")
    task = ecs.describe_task_definition(taskDefinition=service(aws)["taskDefinition"])[
        "taskDefinition"
    ]
    taken = {
        "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions",
        "volumes", "requiresCompatibilities", "cpu", "memory", "runtimePlatform",
    }  # fmt: skip
    copy = {key: value for key, value in task.items() if key in taken}
    repository = copy["containerDefinitions"][0]["image"].rpartition(":")[0]
    copy["containerDefinitions"][0]["image"] = f"{repository}:{tag}"
    arn = ecs.register_task_definition(**copy)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=arn)
    return str(arn)


def targets(aws: EmbeddedAws) -> list[dict[str, Any]]:
    scaling = aws.client("application-autoscaling")
    return list(scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"])
