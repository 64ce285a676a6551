"""The OMS service of dev: read it through AWS's APIs, and deploy to it as the pipeline does."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import EmbeddedAws, Project

STACK = "sentry-task-oms-dev"
CLUSTER, SERVICE, REPOSITORY = "sentry-oms-dev", "sentry-oms-service-dev", "sentry/oms-dev"
FIRST, SECOND, THIRD = ("1" * 40, "2" * 40, "3" * 40)


def service(aws: EmbeddedAws) -> dict[str, Any]:
    (found,) = aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    return dict(found)


def update(aws: EmbeddedAws, **changes: Any) -> None:
    aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, **changes)


def definition(aws: EmbeddedAws) -> dict[str, Any]:
    """Return the task definition of the service."""
    arn = service(aws)["taskDefinition"]
    response = aws.client("ecs").describe_task_definition(taskDefinition=arn)
    return dict(response["taskDefinition"])


def running(aws: EmbeddedAws) -> str:
    """Return the image tag of the service's task definition."""
    return str(definition(aws)["containerDefinitions"][0]["image"].rpartition(":")[2])


def parameters(aws: EmbeddedAws) -> dict[str, str]:
    pairs = aws.stack(STACK)["Parameters"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in pairs}


def deploy(aws: EmbeddedAws, tag: str) -> str:
    """Deploy a tag as CodePipeline's ECS action does: copy the task definition with another image.

    Returns:
        The ARN of the copy.
    """
    taken = {
        "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions",
        "volumes", "requiresCompatibilities", "cpu", "memory", "runtimePlatform",
    }  # fmt: skip
    copy = {key: value for key, value in definition(aws).items() if key in taken}
    repository = copy["containerDefinitions"][0]["image"].rpartition(":")[0]
    copy["containerDefinitions"][0]["image"] = f"{repository}:{tag}"
    registered = aws.client("ecs").register_task_definition(**copy)["taskDefinition"]
    update(aws, taskDefinition=registered["taskDefinitionArn"])
    return str(registered["taskDefinitionArn"])


def targets(aws: EmbeddedAws) -> list[dict[str, Any]]:
    scaling = aws.client("application-autoscaling")
    return list(scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"])


def launch(project: Project) -> str:
    return project.succeed("launch", "-y", "dev/task-oms")


def planned(project: Project) -> str:
    """Return what ``oms plan`` says of the service's stack."""
    done = project.program("oms", "plan", "dev", "task-oms", "--format", "json")
    assert done.returncode in (0, 2), done.stdout + done.stderr
    stacks = json.loads(done.stdout)["stacks"]
    return str(next(one["kind"] for one in stacks if one["name"] == "dev/task-oms"))
