"""OMS072: a task definition and its containers are such as ECS and Fargate take.

Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentry_oms.checks.by_kind import (
    Found,
    beyond,
    by_kind,
    each,
    given,
    has,
    is_text,
    is_true,
    items,
    one_of,
    repeated,
    without,
)
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope

GIB = 1024
PAIRS = {
    256: (512, 1 * GIB, 2 * GIB),
    512: tuple(n * GIB for n in range(1, 5)),
    1024: tuple(n * GIB for n in range(2, 9)),
    2048: tuple(n * GIB for n in range(4, 17)),
    4096: tuple(n * GIB for n in range(8, 31)),
    8192: tuple(n * GIB for n in range(16, 61, 4)),
    16384: tuple(n * GIB for n in range(32, 121, 8)),
}
"""MiB that Fargate offers with CPU units."""

PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
AWSLOGS = (
    *("awslogs-create-group", "awslogs-group", "awslogs-region", "awslogs-stream-prefix", "mode"),
    *("awslogs-datetime-format", "awslogs-multiline-pattern", "awslogs-endpoint"),
    *("awslogs-format", "max-buffer-size", "awslogs-credentials-endpoint"),
)
CHOSEN = {
    "mode": one_of("blocking", "non-blocking"),
    "max-buffer-size": {"pattern": r"^\d+[bkmgBKMG]?$"},
}
LOG = {
    "allOf": [
        has(LogDriver=one_of("awslogs", "splunk", "awsfirelens")),
        given(
            {"LogDriver": one_of("awslogs")},
            {
                "required": ["Options"],
                **has(
                    Options={
                        "required": ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"],
                        "additionalProperties": False,
                        "properties": {**dict.fromkeys(AWSLOGS, True), **CHOSEN},
                    }
                ),
            },
        ),
    ]
}
HEALTH = {
    "required": ["Command"],
    **has(
        Command={"minItems": 1},
        Interval={"minimum": 5, "maximum": 300},
        Timeout={"minimum": 2, "maximum": 60},
        Retries={"minimum": 1, "maximum": 10},
        StartPeriod={"minimum": 0, "maximum": 300},
    ),
}
NAME = {"pattern": r"^[A-Za-z0-9_-]{1,255}$"}
SECRET = {"pattern": r"^(arn:aws[a-z-]*:(secretsmanager|ssm):.+|[A-Za-z0-9_./-]+)$"}
CONTAINER = {
    "required": ["Name", "Image"],
    **has(
        Name=NAME,
        HealthCheck=HEALTH,
        StopTimeout={"minimum": 0, "maximum": 120},
        StartTimeout={"minimum": 2, "maximum": 120},
        PortMappings=each(
            {
                "requiredXor": ["ContainerPort", "ContainerPortRange"],
                **has(ContainerPort=PORT, HostPort=PORT),
            }
        ),
        Environment=each({"required": ["Name"]}),
        Secrets=each({"required": ["Name", "ValueFrom"], **has(ValueFrom=SECRET)}),
        MountPoints=each({"required": ["ContainerPath", "SourceVolume"]}),
        Ulimits=each(has(SoftLimit={"minimum": -1}, HardLimit={"minimum": -1})),
        Memory={"minimum": 6},
    ),
}
ON_FARGATE = {
    "properties": {
        **without("PlacementConstraints", "IpcMode", "InferenceAccelerators")["properties"],
        "Cpu": {"pattern": r"^(\d+|[\d.]+ ?(?i:vcpu))$"},
        "Memory": {"pattern": r"^(\d+|[\d.]+ ?(?i:gb))$"},
        "PidMode": one_of("task"),
        "NetworkMode": one_of("awsvpc"),
        "EphemeralStorage": has(SizeInGiB={"minimum": 21, "maximum": 200}),
        "Volumes": each(
            {
                **without("DockerVolumeConfiguration", "FSxWindowsFileServerVolumeConfiguration"),
                "allOf": [has(Host=without("SourcePath"))],
            }
        ),
        "ContainerDefinitions": each(
            {
                "properties": {
                    **without(
                        *("Links", "Hostname", "ExtraHosts", "DnsServers", "DnsSearchDomains"),
                        *("DockerSecurityOptions", "DisableNetworking"),
                    )["properties"],
                    "ResourceRequirements": each({"not": has(Type=one_of("GPU"))}),
                    "Privileged": one_of(False),
                    "LogConfiguration": LOG,
                    "LinuxParameters": {
                        **without("SharedMemorySize", "Tmpfs", "Devices", "MaxSwap", "Swappiness"),
                        "allOf": [has(Capabilities=has(Add=each(one_of("SYS_PTRACE"))))],
                    },
                }
            }
        ),
    },
    "required": ["Cpu", "Memory", "NetworkMode"],
}
HAS_FARGATE = {
    "required": ["RequiresCompatibilities"],
    **has(RequiresCompatibilities={"not": each({"not": one_of("FARGATE")})}),
}
SCHEMAS = {
    "AWS::ECS::TaskDefinition": {
        "allOf": [
            has(Family=NAME, ContainerDefinitions=each(CONTAINER, minItems=1, maxItems=10)),
            {"if": HAS_FARGATE, "then": ON_FARGATE},
        ]
    }
}


def find(project: Project) -> Iterator[Fault]:
    """What a definition says, and what its parts say of each other."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::ECS::TaskDefinition": _definition})


def _definition(task: Resource) -> Found:
    given_ = task.properties
    is_fargate = "FARGATE" in given_.get("RequiresCompatibilities", [])
    if is_fargate:
        yield from _pair(given_)
        platform = given_.get("RuntimePlatform", {})
        windows = str(platform.get("OperatingSystemFamily", "")).startswith("WINDOWS")
        if windows and platform.get("CpuArchitecture") == "ARM64":
            yield "RuntimePlatform", "Windows is for X86_64"
    containers = items(given_.get("ContainerDefinitions"))
    names = [(at, one.get("Name")) for at, one in containers]
    yield from repeated("ContainerDefinitions", names, "container")
    if containers and not any(is_true(one.get("Essential", True)) for _, one in containers):
        yield "ContainerDefinitions", "none is essential"
    volumes = [(at, one.get("Name")) for at, one in items(given_.get("Volumes"))]
    yield from repeated("Volumes", volumes, "volume")
    needs_role = False
    by_name = {str(one.get("Name")): one for _, one in containers}
    for at, container in containers:
        path = f"ContainerDefinitions.{at}"
        needs_role |= "Secrets" in container or (is_fargate and "LogConfiguration" in container)
        for place, message in _container(container, by_name, {name for _, name in volumes}):
            yield f"{path}.{place}".rstrip("."), message
        for name in ("Cpu", "Memory", "MemoryReservation"):
            part, whole = (
                number(container.get(name)),
                number(given_.get(name, given_.get("Memory"))),
            )
            if part is not None and whole is not None and part > whole:
                yield f"{path}.{name}", f"{part:.0f} is more than the task's, {whole:.0f}"
    if needs_role and "ExecutionRoleArn" not in given_:
        yield "ExecutionRoleArn", "is missing, and secrets, logs and images need it"


def _pair(given_: dict[str, Any]) -> Found:
    cpu, memory = number(given_.get("Cpu")), number(given_.get("Memory"))
    if cpu is not None and cpu not in PAIRS:
        yield "Cpu", f"Fargate offers no {cpu:.0f}: {', '.join(map(str, PAIRS))}"
    elif cpu is not None and memory is not None and memory not in PAIRS[int(cpu)]:
        least, *_, most = PAIRS[int(cpu)]
        message = f"Fargate offers no {memory:.0f} MiB with {cpu:.0f} CPU units"
        yield "Memory", f"{message}: {least} to {most}"


def _container(container: dict[str, Any], by_name: dict[str, Any], volumes: set[Any]) -> Found:
    for at, mount in items(container.get("MountPoints")):
        if is_text(mount.get("SourceVolume")) and mount["SourceVolume"] not in volumes:
            yield f"MountPoints.{at}.SourceVolume", f"there is no volume '{mount['SourceVolume']}'"
    ports = []
    for at, port in items(container.get("PortMappings")):
        inner, outer = number(port.get("ContainerPort")), number(port.get("HostPort"))
        if inner is not None and outer is not None and inner != outer:
            yield f"PortMappings.{at}.HostPort", "must be ContainerPort in the network mode awsvpc"
        ports.append((at, (inner, port.get("Protocol", "tcp"))))
    yield from repeated("PortMappings", ports, "port")
    variables = [(at, one.get("Name")) for at, one in items(container.get("Environment"))]
    yield from repeated("Environment", variables, "variable")
    secrets = [(at, one.get("Name")) for at, one in items(container.get("Secrets"))]
    yield from repeated("Secrets", secrets, "secret")
    for at, name in secrets:
        if name is not None and name in [variable for _, variable in variables]:
            yield f"Secrets.{at}.Name", f"'{name}' is a variable too"
    command = container.get("HealthCheck", {}).get("Command", ["NONE"])
    if is_text(command[0]) and command[0] not in ("CMD", "CMD-SHELL", "NONE"):
        yield "HealthCheck.Command", "must begin with CMD, CMD-SHELL or NONE"
    for at, limit in items(container.get("Ulimits")):
        soft, hard = number(limit.get("SoftLimit")), number(limit.get("HardLimit"))
        if soft is not None and hard is not None and soft > hard >= 0:
            yield f"Ulimits.{at}.SoftLimit", "is more than HardLimit"
    for at, wait in items(container.get("DependsOn")):
        other = by_name.get(str(wait.get("ContainerName")))
        if other is None or other is container:
            name = wait.get("ContainerName")
            yield f"DependsOn.{at}.ContainerName", f"there is no other container '{name}'"
        elif wait.get("Condition") == "HEALTHY" and "HealthCheck" not in other:
            yield f"DependsOn.{at}.Condition", "HEALTHY needs a HealthCheck of the other"
        elif wait.get("Condition") in ("SUCCESS", "COMPLETE") and is_true(
            other.get("Essential", True)
        ):
            yield f"DependsOn.{at}.Condition", "an essential container may not end"
    reserved, limit_ = number(container.get("MemoryReservation")), number(container.get("Memory"))
    if reserved is not None and limit_ is not None and reserved >= limit_:
        yield "MemoryReservation", "must be less than Memory"


RULE = Rule(
    code="OMS072",
    title="A task definition is such as ECS and Fargate take",
    cause=(
        "Fargate offers no such CPU and memory, or not this setting; a container mounts, waits "
        "for or logs to what is not there; a health check is out of bounds."
    ),
    remedy="see the ECS developer guide on Fargate, and the API reference",
    scope=Scope.STACKS,
    find=find,
)
