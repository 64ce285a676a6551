"""Small stacks that the tests of providers deploy."""

from __future__ import annotations

from typing import Any

from tests.conftest import EmbeddedAws

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def one(type_: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a template of a resource ``R`` and others, with the output ``Ref``."""
    return {
        "Resources": {"R": {"Type": type_, "Properties": properties}, **more},
        "Outputs": {"Ref": {"Value": {"Ref": "R"}}},
    }


def subnet(number: int) -> dict[str, Any]:
    """Return a subnet of the resource ``Vpc``."""
    return {
        "Type": "AWS::EC2::Subnet",
        "Properties": {
            "VpcId": {"Ref": "Vpc"},
            "CidrBlock": f"10.0.{number}.0/24",
            "AvailabilityZone": f"us-east-1{'ab'[number]}",
        },
    }


def tag(value: str) -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": value}]


def deployed(aws: EmbeddedAws, name: str, template: dict[str, Any], **parameters: str) -> str:
    """Create or update a stack, and return its output ``Ref``."""
    status = aws.deploy(name, template, **parameters)
    assert status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), aws.reasons(name)
    return aws.outputs(name).get("Ref", "")


def refused(aws: EmbeddedAws, name: str, template: dict[str, Any]) -> str:
    """Create a stack that fails, and return why."""
    assert aws.deploy(name, template) == "ROLLBACK_COMPLETE"
    return aws.reasons(name)


def drifts(aws: EmbeddedAws, stack: str) -> list[tuple[str, list[str]]]:
    """Return the drift status and the differing paths of each resource that AWS compares."""
    cloudformation = aws.client("cloudformation")
    cloudformation.detect_stack_drift(StackName=stack)
    found = cloudformation.describe_stack_resource_drifts(StackName=stack)["StackResourceDrifts"]
    return [
        (
            one["StackResourceDriftStatus"],
            sorted(each["PropertyPath"] for each in one.get("PropertyDifferences", [])),
        )
        for one in found
    ]
