"""Answers of ECS and ECR, for tests of the tags that concern a service's image."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
ARGUMENT = {"repository": "sentry/oms-dev", "cluster": "c", "service": "s", "container": "oms"}
REPOSITORY = "000000000000.dkr.ecr.us-east-1.amazonaws.com/sentry/oms-dev"
NO_SERVICE: dict[str, Any] = {"services": []}
NOT_OURS: dict[str, Any] = {"StackResources": []}
"""The resources of a stack without the service."""


def deployment(
    number: int, state: str = "COMPLETED", status: str = "PRIMARY", reason: str = ""
) -> dict[str, Any]:
    """Return a deployment of task definition ``task:<number>``; a larger number is newer."""
    return {
        "taskDefinition": f"task:{number}",
        "createdAt": START + timedelta(minutes=number),
        "rolloutState": state,
        "rolloutStateReason": reason,
        "status": status,
    }


def services(*deployments: dict[str, Any], count: int = 1) -> dict[str, Any]:
    """Return a service with these deployments."""
    found = {"status": "ACTIVE", "desiredCount": count, "deployments": list(deployments)}
    return {"services": [found]}


def task(tag: str, container: str = "oms") -> dict[str, Any]:
    """Return a task definition that runs a tag of our repository, or another image."""
    image = tag if ":" in tag else f"{REPOSITORY}:{tag}"
    return {"taskDefinition": {"containerDefinitions": [{"name": container, "image": image}]}}


def images(*tags: str, **more: Any) -> dict[str, Any]:
    """Return images with these tags, the newest last."""
    return {
        "imageDetails": [
            {"imageTags": [tag], "imagePushedAt": START + timedelta(minutes=number)}
            for number, tag in enumerate(tags)
        ],
        **more,
    }
