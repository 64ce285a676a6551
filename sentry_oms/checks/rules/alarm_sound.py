"""OMS071: an alarm and a log group are such as CloudWatch takes.

Sources:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.by_kind import Found, beyond, by_kind, each, has, items, repeated
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope

DAY = 86_400
ACTION = {"pattern": "^arn:aws[a-z-]*:"}
SCHEMAS = {
    "AWS::CloudWatch::Alarm": {
        "requiredXor": ["MetricName", "Metrics", "EvaluationCriteria"],
        "dependentExcluded": {
            "Metrics": ["Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions"]
        },
        **has(
            AlarmActions=each(ACTION, maxItems=5),
            OKActions=each(ACTION, maxItems=5),
            InsufficientDataActions=each(ACTION, maxItems=5),
            ExtendedStatistic={
                "pattern": r"^(p(100|\d{1,2}(\.\d+)?)|(TM|WM|TC|TS|PR|IQM|tm|wm|tc|ts)[\d(].*|IQM)$"
            },
            EvaluateLowSampleCountPercentile={"enum": ["evaluate", "ignore"]},
            Dimensions={"uniqueKeys": ["Name"]},
            Period={
                "anyOf": [{"enum": [10, 20, 30]}, {"multipleOf": 60, "minimum": 60}],
            },
            Metrics=each(has(Id={"pattern": "^[a-z][a-zA-Z0-9_]*$"}), maxItems=20),
        ),
    },
}


def find(project: Project) -> Iterator[Fault]:
    """What an alarm says, and what its numbers say together."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::CloudWatch::Alarm": _alarm})


def _alarm(alarm: Resource) -> Found:
    given = alarm.properties
    periods, points = number(given.get("EvaluationPeriods")), number(given.get("DatapointsToAlarm"))
    if periods is not None and points is not None and points > periods:
        yield "DatapointsToAlarm", f"{points:.0f} is more than EvaluationPeriods, {periods:.0f}"
    period = number(given.get("Period"))
    if period is not None and periods is not None and period * periods > 7 * DAY:
        yield "EvaluationPeriods", "looks back over more than seven days"
    elif period is not None and periods is not None and period < 3600 and period * periods > DAY:
        yield "EvaluationPeriods", "looks back over more than a day"
    if "MetricName" in given:
        if len({"Statistic", "ExtendedStatistic"} & {*given}) != 1:
            yield "", "must have exactly one of Statistic, ExtendedStatistic"
        for name in ("Namespace", "Period"):
            if name not in given:
                yield "", f"{name} is missing"
    if not {"Threshold", "ThresholdMetricId", "EvaluationCriteria"} & {*given}:
        yield "", "Threshold is missing"
    metrics = items(given.get("Metrics"))
    yield from repeated("Metrics", [(at, one.get("Id")) for at, one in metrics], "Id")


RULE = Rule(
    code="OMS071",
    title="An alarm is such as CloudWatch takes",
    cause=(
        "More data points than periods, a look back of more than a day, no threshold, two "
        "statistics or none, an action that is no ARN."
    ),
    remedy="see the API reference of CloudWatch",
    scope=Scope.STACKS,
    find=find,
)
