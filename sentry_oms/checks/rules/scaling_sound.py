"""OMS074: a scalable target and its policy are such as Application Auto Scaling takes.

Sources:
    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingMetricDataQuery.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
)
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope

REQUESTS = "ALBRequestCountPerTarget"
METRICS = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", REQUESTS)
LABEL = r"^app/[^/]+/[0-9a-f]+/targetgroup/[^/]+/[0-9a-f]+$"
STAT = r"^(Average|Minimum|Maximum|Sum|SampleCount|p\d{1,2}(\.\d+)?|(tm|wm|tc|ts)\d.*|IQM)$"
TRACKING = {
    "required": ["TargetValue"],
    "requiredXor": ["PredefinedMetricSpecification", "CustomizedMetricSpecification"],
    **has(
        PredefinedMetricSpecification={
            "if": has(PredefinedMetricType=one_of(REQUESTS)),
            "then": {"required": ["ResourceLabel"], **has(ResourceLabel={"pattern": LABEL})},
            "else": has(ResourceLabel=False, PredefinedMetricType=one_of(*METRICS)),
        },
        TargetValue={"not": {"maximum": 0}},
        ScaleInCooldown={"minimum": 0},
        ScaleOutCooldown={"minimum": 0},
        CustomizedMetricSpecification=has(
            Metrics=each(
                {
                    "requiredXor": ["Expression", "MetricStat"],
                    **has(
                        Id={"pattern": "^[a-z][a-zA-Z0-9_]*$"},
                        MetricStat={"required": ["Metric", "Stat"], **has(Stat={"pattern": STAT})},
                    ),
                }
            ),
        ),
    ),
}
SCHEMAS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": {
        "required": ["MinCapacity", "MaxCapacity"],
        **has(
            MinCapacity={"minimum": 0},
            MaxCapacity={"minimum": 0},
            ScalableDimension={"pattern": "^ecs:service:DesiredCount$"},
            ServiceNamespace=one_of("ecs"),
            ScheduledActions=each(has(Schedule={"pattern": r"^(at|rate|cron)\(.+\)$"})),
            ResourceId={"pattern": "^service/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$"},
        ),
    },
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        "allOf": [
            given(
                {"PolicyType": one_of("TargetTrackingScaling")},
                {
                    "required": ["TargetTrackingScalingPolicyConfiguration"],
                    **has(StepScalingPolicyConfiguration=False),
                },
            ),
            given(
                {"PolicyType": one_of("StepScaling")},
                {
                    "required": ["StepScalingPolicyConfiguration"],
                    **has(TargetTrackingScalingPolicyConfiguration=False),
                },
            ),
            has(TargetTrackingScalingPolicyConfiguration=TRACKING),
        ]
    },
}


def find(project: Project) -> Iterator[Fault]:
    """What each says, and what its numbers and metrics say together."""
    yield from beyond(project, SCHEMAS)
    checks = {
        "AWS::ApplicationAutoScaling::ScalableTarget": _target,
        "AWS::ApplicationAutoScaling::ScalingPolicy": _metrics,
    }
    yield from by_kind(project, checks)


def _target(target: Resource) -> Found:
    least = number(target.properties.get("MinCapacity"))
    most = number(target.properties.get("MaxCapacity"))
    if least is not None and most is not None and least > most:
        yield "MinCapacity", f"{least:.0f} is more than MaxCapacity, {most:.0f}"


def _metrics(policy: Resource) -> Found:
    tracking = policy.properties.get("TargetTrackingScalingPolicyConfiguration", {})
    specification = tracking.get("CustomizedMetricSpecification", {})
    metrics = items(specification.get("Metrics"))
    path = "TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics"
    yield from repeated(path, [(at, one.get("Id")) for at, one in metrics], "Id")
    results = [one for _, one in metrics if is_true(one.get("ReturnData", True))]
    if metrics and len(results) != 1:
        yield path, f"{len(results)} of them return data, and one must"
    names = {str(one.get("Id")) for _, one in metrics}
    for at, metric in metrics:
        expression = metric.get("Expression")
        for name in (
            re.findall(r"\b[a-z][a-zA-Z0-9_]*\b", expression) if is_text(expression) else ()
        ):
            if name not in names:
                yield f"{path}.{at}.Expression", f"there is no metric '{name}'"


RULE = Rule(
    code="OMS074",
    title="Scaling is such as Application Auto Scaling takes",
    cause=(
        "The least number of tasks is above the most, the ID of the resource is no service's, a "
        "metric needs a label or may not have one, or an expression names a metric that is none."
    ),
    remedy="see the API reference of Application Auto Scaling",
    scope=Scope.STACKS,
    find=find,
)
