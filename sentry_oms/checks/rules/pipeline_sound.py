"""OMS075: a pipeline's stages, actions, artifacts and triggers are such as CodePipeline takes.

Sources:
    https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
    https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html
    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitConfiguration.html
    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

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
from sentry_oms.checks.evaluate import text_of
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import is_unknown
from sentry_oms.checks.rule import Fault, Rule, Scope


class Action(NamedTuple):
    """What an action of a provider takes."""

    inputs: tuple[int, int]
    outputs: tuple[int, int]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] | None = None
    """Further settings; None where they are not listed here."""


SOURCE = (0, 0), (1, 1)
DEPLOYMENT = (1, 1), (0, 0)
BUILD = Action(
    (1, 5),
    (0, 5),
    ("ProjectName",),
    (
        "PrimarySource",
        "BatchEnabled",
        "CombineArtifacts",
        "EnvironmentVariables",
        "BuildspecOverride",
    ),
)
ACTIONS = {
    ("Source", "S3"): Action(
        *SOURCE,
        ("S3Bucket", "S3ObjectKey"),
        ("PollForSourceChanges", "AllowOverrideForS3ObjectKey"),
    ),
    ("Source", "CodeCommit"): Action(
        *SOURCE,
        ("RepositoryName", "BranchName"),
        ("PollForSourceChanges", "OutputArtifactFormat"),
    ),
    ("Source", "ECR"): Action(*SOURCE, ("RepositoryName",), ("ImageTag",)),
    ("Source", "CodeStarSourceConnection"): Action(
        *SOURCE,
        ("ConnectionArn", "FullRepositoryId", "BranchName"),
        ("OutputArtifactFormat", "DetectChanges"),
    ),
    ("Build", "CodeBuild"): BUILD,
    ("Test", "CodeBuild"): BUILD,
    ("Build", "ECRBuildAndPublish"): Action((1, 1), (0, 1), ("ECRRepositoryName",)),
    ("Build", "Commands"): Action((1, 10), (0, 1)),
    ("Compute", "Commands"): Action((1, 10), (0, 1)),
    ("Test", "DeviceFarm"): Action((1, 1), (0, 0)),
    ("Approval", "Manual"): Action(
        (0, 0), (0, 0), (), ("CustomData", "ExternalEntityLink", "NotificationArn")
    ),
    ("Deploy", "S3"): Action(*DEPLOYMENT, ("BucketName", "Extract")),
    ("Deploy", "CloudFormation"): Action((0, 10), (0, 1), ("ActionMode", "StackName")),
    ("Deploy", "CloudFormationStackSet"): Action((1, 10), (0, 1)),
    ("Deploy", "CloudFormationStackInstances"): Action((0, 10), (0, 1)),
    ("Deploy", "CodeDeploy"): Action(*DEPLOYMENT, ("ApplicationName", "DeploymentGroupName")),
    ("Deploy", "CodeDeployToECS"): Action((1, 5), (0, 0)),
    ("Deploy", "EC2"): Action(*DEPLOYMENT),
    ("Deploy", "EKS"): Action(*DEPLOYMENT),
    ("Deploy", "ElasticBeanstalk"): Action(*DEPLOYMENT),
    ("Deploy", "AppConfig"): Action(*DEPLOYMENT),
    ("Deploy", "OpsWorks"): Action(*DEPLOYMENT),
    ("Deploy", "ServiceCatalog"): Action(*DEPLOYMENT),
    ("Deploy", "ECS"): Action(
        *DEPLOYMENT, ("ClusterName", "ServiceName"), ("FileName", "DeploymentTimeout")
    ),
    ("Invoke", "Lambda"): Action((0, 5), (0, 5), ("FunctionName",), ("UserParameters",)),
    ("Invoke", "StepFunctions"): Action((0, 1), (0, 1), ("StateMachineArn",)),
    ("Invoke", "CodePipeline"): Action((0, 0), (0, 0), ("PipelineName",)),
    ("Invoke", "InspectorScan"): Action((0, 1), (0, 1)),
}
"""The actions of AWS, by category and provider."""

CHOICES = {
    "OutputArtifactFormat": ("CODE_ZIP", "CODEBUILD_CLONE_REF"),
    "DetectChanges": ("true", "false"),
    "PollForSourceChanges": ("true", "false"),
}
PATTERNED = {
    "ConnectionArn": r"arn:aws[a-z-]*:(codestar-connections|codeconnections):",
    "EnvironmentVariables": r"\[",
    "FullRepositoryId": r"[^/\s]+/\S+",
}
PATTERNS = each({"type": "string"}, maxItems=8, minItems=1)
SIDES = has(Includes=PATTERNS, Excludes=PATTERNS)
PUSH = {"requiredOr": ["Branches", "FilePaths", "Tags"]} | {
    "dependentExcluded": {"Tags": ["Branches", "FilePaths"]}
}
PUSH |= has(Branches=SIDES, FilePaths=SIDES, Tags=SIDES)
SCHEMAS = {
    "AWS::CodePipeline::Pipeline": {
        "requiredXor": ["ArtifactStore", "ArtifactStores"],
        "allOf": [
            has(
                Stages={"minItems": 2, "maxItems": 50},
                RoleArn={"pattern": r"^arn:aws[a-z-]*:iam::\d{12}:role/"},
                Triggers=each(
                    has(
                        ProviderType=one_of("CodeStarSourceConnection"),
                        GitConfiguration=has(Push=each(PUSH, maxItems=3)),
                    ),
                    maxItems=50,
                ),
            ),
            {
                "if": {"required": ["PipelineType"], **has(PipelineType=one_of("V2"))},
                "else": {
                    **has(Triggers=False, Variables=False, ExecutionMode=one_of("SUPERSEDED"))
                },
            },
            given({"ArtifactStore": {}}, has(ArtifactStore=has(Type=one_of("S3")))),
        ],
    }
}


def find(project: Project) -> Iterator[Fault]:
    """What a pipeline says, and what its actions say of each other."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::CodePipeline::Pipeline": _pipeline})


def _pipeline(pipeline: Resource) -> Found:
    stages = items(pipeline.properties.get("Stages"))
    yield from repeated("Stages", [(at, one.get("Name")) for at, one in stages], "stage")
    spaces = [
        (at, action.get("Namespace"))
        for at, stage in stages
        for _, action in items(stage.get("Actions"))
    ]
    for path, message in repeated("Stages", spaces, "namespace"):
        yield path, message
    made: set[str] = set()
    sources = set()
    for at, stage in stages:
        path = f"Stages.{at}.Actions"
        actions = items(stage.get("Actions"))
        if not actions:
            yield path, "is empty"
        names = [(step, one.get("Name")) for step, one in actions]
        yield from repeated(path, names, "action")
        ordered = sorted(actions, key=lambda pair: int(pair[1].get("RunOrder", 1)))
        for step, action in ordered:
            place = f"{path}.{step}"
            is_source = action["ActionTypeId"].get("Category") == "Source"
            if is_source != (at == stages[0][0]):
                message = "the first stage holds sources, and only it does"
                yield f"{place}.ActionTypeId.Category", message
            if is_source:
                sources.add(action.get("Name"))
            yield from _action(place, action)
            for key, artifact in items(action.get("InputArtifacts")):
                if is_text(artifact.get("Name")) and artifact["Name"] not in made:
                    message = f"no action before makes '{artifact['Name']}'"
                    yield f"{place}.InputArtifacts.{key}.Name", message
            for key, artifact in items(action.get("OutputArtifacts")):
                if artifact.get("Name") in made:
                    message = f"'{artifact['Name']}' is made before"
                    yield f"{place}.OutputArtifacts.{key}.Name", message
                made.add(str(artifact.get("Name")))
    for at, trigger in items(pipeline.properties.get("Triggers")):
        name = trigger.get("GitConfiguration", {}).get("SourceActionName")
        if is_text(name) and name not in sources:
            path = f"Triggers.{at}.GitConfiguration.SourceActionName"
            yield path, f"there is no source action '{name}'"


def _action(path: str, action: dict[str, Any]) -> Found:
    kind = action["ActionTypeId"]
    if kind.get("Owner") == "Custom":
        return
    category, provider = kind.get("Category"), kind.get("Provider")
    known = ACTIONS.get((category, provider))
    if known is None:
        has_ = ", ".join(name for other, name in ACTIONS if other == category) or "none"
        message = f"AWS has no {category} action of '{provider}': it has {has_}"
        yield f"{path}.ActionTypeId.Provider", message
        return
    if kind.get("Owner") != "AWS":
        yield f"{path}.ActionTypeId.Owner", f"{provider} is AWS's, not {kind.get('Owner')}'s"
    if text_of(kind.get("Version")) != "1":
        yield f"{path}.ActionTypeId.Version", f"{provider} has only version 1"
    for name, (least, most) in (("Input", known.inputs), ("Output", known.outputs)):
        count = len(action.get(f"{name}Artifacts", []))
        if not least <= count <= most:
            bounds = str(least) if least == most else f"{least} to {most}"
            yield f"{path}.{name}Artifacts", f"are {count}, and {provider} takes {bounds}"
    yield from _configuration(f"{path}.Configuration", action.get("Configuration", {}), known)


def _configuration(path: str, given_: dict[str, Any], known: Action) -> Found:
    for name in known.required:
        if name not in given_:
            yield path, f"{name} is missing"
    for name, value in given_.items():
        if known.optional is not None and name not in (*known.required, *known.optional):
            yield f"{path}.{name}", "is no setting of the action"
        if isinstance(value, (list, dict)) and not is_unknown(value):
            yield f"{path}.{name}", "must be a text"
        pattern = PATTERNED.get(name)
        if pattern and is_text(value) and not re.match(pattern, value):
            yield f"{path}.{name}", f"'{value}' does not match {pattern}"
        choices = CHOICES.get(name, ())
        if choices and text_of(value) not in choices:
            yield f"{path}.{name}", f"'{text_of(value)}' is none of {', '.join(choices)}"


RULE = Rule(
    code="OMS075",
    title="A pipeline is such as CodePipeline takes",
    cause=(
        "AWS has no such provider in the category, an action lacks a setting or has one that is "
        "none, an artifact is used before it is made or made twice, a trigger names no source."
    ),
    remedy="see the action structure reference of CodePipeline",
    scope=Scope.STACKS,
    find=find,
)
