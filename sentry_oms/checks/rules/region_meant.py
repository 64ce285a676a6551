"""OMS014: the region exists, and zones and ARNs that stacks are given are of it.

A certificate or a topic of another region is refused when the listener or the alarm is made.

Sources:
    https://github.com/boto/botocore/blob/develop/botocore/data/endpoints.json
    https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from botocore.session import Session

from sentry_oms.checks.parameter_values import given_values
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

REGIONAL = re.compile(r"arn:aws:(?:acm|sns|codestar-connections|secretsmanager|sqs):([a-z0-9-]+):")
ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)([a-z])")
ZONES = {"us-east-1": "abcdef", "sa-east-1": "abc"}
"""The zones of the regions that the system knows; elsewhere any letter passes."""


def find(project: Project) -> Iterator[Fault]:
    """Regions that are none, and values of another region than their stack's."""
    told = set()
    for file in project.stacks:
        region = file.stack.region
        if region not in _regions() and region not in told:
            told.add(region)
            yield file.fault("region", f"AWS has no region '{region}'")
    for given in given_values(project):
        region = given.file.stack.region
        for item in given.items if region not in told else ():
            arn, zone = REGIONAL.match(item), ZONE.fullmatch(item)
            if arn and arn[1] != region:
                yield given.fault(f"'{item}' is of {arn[1]}", f"name one of {region}")
            elif zone and zone[1] != region:
                yield given.fault(f"'{item}' is a zone of {zone[1]}", f"name one of {region}")
            elif zone and zone[2] not in ZONES.get(region, zone[2]):
                has = ", ".join(region + letter for letter in ZONES[region])
                yield given.fault(f"{region} has no zone '{item}'", f"it has {has}")


@cache
def _regions() -> frozenset[str]:
    """Return the regions in which AWS offers CloudFormation, as botocore knows them."""
    return frozenset(Session().get_available_regions("cloudformation"))


RULE = Rule(
    code="OMS014",
    title="Zones and ARNs are of the stack's region",
    cause=(
        "The region is misspelt, or a zone, a certificate, a topic or a secret is one of another "
        "region: `region` was changed and the value was not."
    ),
    remedy="name a region that AWS has",
    scope=Scope.STACKS,
    find=find,
)
