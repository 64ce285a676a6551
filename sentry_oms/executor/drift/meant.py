"""What others than CloudFormation are meant to change, so that it is no drift of ours.

Without it each deployment would be reported each night, and the report be read no more.
"""

from __future__ import annotations

_MEANT = {
    ("AWS::ECS::Service", "/TaskDefinition"): "the pipeline deploys",
    ("AWS::ECS::Service", "/DesiredCount"): "start_service and auto scaling set it",
}


def why_meant(resource_type: str, path: str) -> str | None:
    """Why a property may differ from the template; None where it may not."""
    return _MEANT.get((resource_type, path))
