"""OMS076: a build project and its specification are such as CodeBuild takes.

Sources:
    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from sentry_oms.checks.by_kind import (
    Found,
    beyond,
    by_kind,
    each,
    given,
    has,
    is_text,
    items,
    one_of,
    repeated,
)
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.rule import Fault, Rule, Scope

SIZES = "BUILD_GENERAL1_{}"
COMPUTE = {
    "ARM_CONTAINER": ("SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"),
    "LINUX_CONTAINER": ("SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"),
    "LINUX_GPU_CONTAINER": ("SMALL", "LARGE"),
    "WINDOWS_SERVER_2019_CONTAINER": ("MEDIUM", "LARGE"),
    "WINDOWS_SERVER_2022_CONTAINER": ("MEDIUM", "LARGE", "XLARGE", "2XLARGE"),
}
SECTIONS = {
    *("version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts", "cache"),
}
PHASES = {"install", "pre_build", "build", "post_build"}
PHASE = {"run-as", "on-failure", "runtime-versions", "commands", "finally", "steps"}
SCHEMAS = {
    "AWS::CodeBuild::Project": {
        "allOf": [
            has(
                TimeoutInMinutes={"minimum": 5, "maximum": 2160},
                ServiceRole={"pattern": "^arn:aws[a-z-]*:iam::[0-9]+:role/"},
                ConcurrentBuildLimit={"minimum": 1},
                VpcConfig={"required": ["VpcId", "Subnets", "SecurityGroupIds"]},
                QueuedTimeoutInMinutes={"minimum": 5, "maximum": 480},
                Environment=has(
                    EnvironmentVariables=each(
                        has(Name={"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"})
                        | {
                            "allOf": [
                                has(Type=one_of("PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"))
                            ]
                        }
                    )
                ),
            ),
            given(
                {"Source": has(Type=one_of("CODEPIPELINE"))},
                has(Artifacts=has(Type=one_of("CODEPIPELINE"))),
            ),
            given(
                {"Artifacts": has(Type=one_of("CODEPIPELINE"))},
                has(Source=has(Type=one_of("CODEPIPELINE"))),
            ),
            *(
                given(
                    {"Environment": has(Type=one_of(kind))},
                    has(
                        Environment=has(
                            ComputeType={
                                "anyOf": [
                                    one_of(*map(SIZES.format, sizes)),
                                    {"pattern": "^(ATTRIBUTE_BASED|CUSTOM_INSTANCE)"},
                                ]
                            }
                        )
                    ),
                )
                for kind, sizes in COMPUTE.items()
            ),
        ]
    }
}


def find(project: Project) -> Iterator[Fault]:
    """What a project says, and what its parts say of each other."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::CodeBuild::Project": _project})


def _project(project: Resource) -> Found:
    environment = project.properties.get("Environment", {})
    kind, image = str(environment.get("Type")), str(environment.get("Image"))
    if image.startswith("aws/codebuild/") and ("aarch64" in image) != kind.startswith("ARM"):
        yield "Environment.Image", f"'{image}' is not for {kind}"
    variables = items(environment.get("EnvironmentVariables"))
    names = [(at, one.get("Name")) for at, one in variables]
    yield from repeated("Environment.EnvironmentVariables", names, "variable")
    source = project.properties.get("Source", {})
    if source.get("Type") in ("GITHUB", "S3", "CODECOMMIT", "BITBUCKET") and not source.get(
        "Location"
    ):
        yield "Source", "Location is missing"
    specification = source.get("BuildSpec")
    if is_text(specification) and "\n" in specification:
        for message in _specification(specification):
            yield "Source.BuildSpec", message


def _specification(text: str) -> Iterator[str]:
    try:
        found: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        yield f"is no YAML: {getattr(error, 'problem', None) or 'it cannot be read'}"
        return
    if not isinstance(found, dict):
        yield "is no mapping"
        return
    if str(found.get("version")) not in ("0.1", "0.2"):
        yield f"has version {found.get('version')}, and there is 0.2"
    for name in sorted({*map(str, found)} - SECTIONS):
        yield f"has no section '{name}'"
    phases = found.get("phases")
    if not isinstance(phases, dict) or not phases:
        yield "has no phases"
        return
    for name, phase in phases.items():
        if name not in PHASES:
            yield f"has no phase '{name}'"
        elif isinstance(phase, dict) and ({*phase} - PHASE):
            yield f"phase '{name}' has no '{min(map(str, {*phase} - PHASE))}'"
        elif not isinstance(phase, dict) or not isinstance(phase.get("commands", []), list):
            yield f"phase '{name}' must hold a list of commands"


RULE = Rule(
    code="OMS076",
    title="A build is such as CodeBuild takes",
    cause=(
        "The image or the compute type is not for the environment's architecture, the source and "
        "the artifacts do not go together, or the build specification is no YAML or has no phases."
    ),
    remedy="see the API reference of CodeBuild, and the build specification reference",
    scope=Scope.STACKS,
    find=find,
)
