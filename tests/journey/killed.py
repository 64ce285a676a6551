"""Kill a launch at its n-th call, and compare what the next one leaves."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from tests.conftest import BIN, EmbeddedAws, Project

State = dict[str, Any]


def calls_of_a_launch(project: Project, aws: EmbeddedAws) -> int:
    """Count the calls of a launch that creates every stack, and leave the stacks.

    The first launch of an account also creates repositories, which outlive a deletion.
    """
    project.succeed("launch", "-y", "dev")
    project.succeed("delete", "-y", "dev")
    aws.control()
    project.succeed("launch", "-y", "dev")
    return sum(aws.calls().values())


def spread(calls: int, values: int) -> list[int]:
    """Return numbers of calls, spread over the length of a launch."""
    return [1 + (calls - 1) * number // values for number in range(values)]


def state(aws: EmbeddedAws) -> State:
    """Return the stacks with their resources, and resources that a failed launch could leave."""
    cloudformation = aws.client("cloudformation")
    stacks = {
        name: (
            aws.status(name).removeprefix("CREATE_").removeprefix("UPDATE_"),
            sorted(
                (one["LogicalResourceId"], one["ResourceType"])
                for one in cloudformation.describe_stack_resources(StackName=name)["StackResources"]
            ),
        )
        for name in aws.stack_names()
    }
    repositories = aws.client("ecr").describe_repositories()["repositories"]
    return {
        "stacks": stacks,
        "vpcs": len(aws.client("ec2").describe_vpcs()["Vpcs"]),
        "queues": sorted(aws.client("sqs").list_queues(MaxResults=1000).get("QueueUrls", [])),
        "tables": aws.client("dynamodb").list_tables()["TableNames"],
        "pools": len(aws.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]),
        "repositories": sorted(one["repositoryName"] for one in repositories),
    }


def launch_killed_at(call: int, project: Project, aws: EmbeddedAws) -> None:
    """Launch dev in a process that is killed when its n-th call arrives, and remove its lock.

    The process waits for its input, so that the control knows its ID before the first call.
    """
    script = (
        "import os, sys; sys.stdin.readline(); "
        f"os.execv({str(BIN / 'sceptre')!r}, ['sceptre', 'launch', '-y', 'dev'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=project.directory,
        env=project.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    aws.control(kill={"pid": process.pid, "at_call": call})
    process.communicate("go\n")
    assert process.returncode == -9
    aws.control()
    lock = {"TableName": "sentry-launches-dev", "Key": {"Environment": {"S": "dev"}}}
    aws.client("dynamodb").delete_item(**lock)
