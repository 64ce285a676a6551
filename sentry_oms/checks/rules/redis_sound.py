"""OMS070: a replication group is such as ElastiCache takes.

Sources:
    https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentry_oms.checks.by_kind import Found, beyond, by_kind, given, has, is_text, is_true, one_of
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published import read
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope

VERSIONS = {
    "redis": r"^(7\.[01]|6\.[02x]|6\.[02]\.\d+|5\.0\.6|4\.0\.10)$",
    "valkey": r"^(7\.2|8\.[0-2]|9\.0)$",
}
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
DAY = "(mon|tue|wed|thu|fri|sat|sun)"
MINUTES = {"hour": 60, "day": 24 * 60}
SCHEMAS = {
    "AWS::ElastiCache::ReplicationGroup": {
        "allOf": [
            has(
                Engine=one_of(*VERSIONS),
                Port={"type": "integer", "minimum": 1, "maximum": 65535},
                SnapshotRetentionLimit={"type": "integer", "minimum": 0, "maximum": 35},
                NumCacheClusters={"type": "integer", "minimum": 1, "maximum": 6},
                ReplicasPerNodeGroup={"type": "integer", "minimum": 0, "maximum": 5},
                SnapshotWindow={"pattern": f"^{CLOCK}-{CLOCK}$"},
                PreferredMaintenanceWindow={"pattern": f"(?i)^{DAY}:{CLOCK}-{DAY}:{CLOCK}$"},
                CacheSecurityGroupNames=False,
                SecurityGroupIds={"items": {"pattern": "^sg-"}},
                NotificationTopicArn={"pattern": "^arn:aws[a-z-]*:sns:"},
                AuthToken={"pattern": r"^[A-Za-z0-9!&#$^<>-]{16,128}$"},
            ),
            {"dependentExcluded": {"AuthToken": ["UserGroupIds"]}},
            given(
                {"DataTieringEnabled": one_of(True)},
                has(CacheNodeType={"pattern": r"^cache\.r6gd\."}),
            ),
            *(
                given({"Engine": one_of(engine)}, has(EngineVersion={"pattern": pattern}))
                for engine, pattern in VERSIONS.items()
            ),
            {
                "dependentExcluded": {
                    "NumCacheClusters": ["ReplicasPerNodeGroup", "NumNodeGroups"]
                },
                "dependentRequired": {
                    "AuthToken": ["TransitEncryptionEnabled"],
                    "TransitEncryptionMode": ["TransitEncryptionEnabled"],
                },
            },
            given({"AuthToken": {}}, has(TransitEncryptionEnabled=one_of(True))),
            given({"TransitEncryptionMode": {}}, has(TransitEncryptionEnabled=one_of(True))),
            given(
                {"MultiAZEnabled": one_of(True)},
                {
                    "required": ["AutomaticFailoverEnabled"],
                    **has(AutomaticFailoverEnabled=one_of(True)),
                },
            ),
            given(
                {"AutomaticFailoverEnabled": one_of(True), "NumCacheClusters": {}},
                has(NumCacheClusters={"minimum": 2}),
            ),
        ]
    },
    "AWS::ElastiCache::SubnetGroup": has(
        SubnetIds={"minItems": 1, "items": {"pattern": "^subnet-"}}
    ),
}


def find(project: Project) -> Iterator[Fault]:
    """What a replication group says, and the secret that holds its token."""
    yield from beyond(project, SCHEMAS)
    checks = {"AWS::ElastiCache::ReplicationGroup": lambda group: _group(project, group)}
    yield from by_kind(project, checks)


def _group(project: Project, group: Resource) -> Found:
    node, region = group.properties.get("CacheNodeType"), group.file.stack.region
    if is_text(node) and node not in read("resources")["nodes"].get(region, [node]):
        yield "CacheNodeType", f"{region} has no node type '{node}'"
    version = str(group.properties.get("EngineVersion", ""))
    parameters = str(group.properties.get("CacheParameterGroupName", ""))
    family = re.match(r"default\.(redis|valkey)(\d+)", parameters)
    if family and version and version.split(".")[0] != family[2]:
        yield "CacheParameterGroupName", f"'{parameters}' is not for version {version}"
    yield from _windows(group)
    yield from _token(project, group)


def _windows(group: Resource) -> Found:
    snapshot = re.findall(r"(\d\d):(\d\d)", str(group.properties.get("SnapshotWindow", "")))
    upkeep = re.findall(
        r"(\d\d):(\d\d)", str(group.properties.get("PreferredMaintenanceWindow", ""))
    )
    spans = []
    for name, found in (("SnapshotWindow", snapshot), ("PreferredMaintenanceWindow", upkeep)):
        if len(found) != 2:
            continue
        first, last = (int(hour) * 60 + int(minute) for hour, minute in found)
        length = (last - first) % MINUTES["day"]
        if length < MINUTES["hour"]:
            yield name, f"is {length} minutes long, and must be 60"
        spans.append((first, first + length))
    if len(spans) == 2 and spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]:
        yield "SnapshotWindow", "overlaps PreferredMaintenanceWindow"


def _token(project: Project, group: Resource) -> Found:
    token = str(group.properties.get("AuthToken", ""))
    for secret in project.of_kind("AWS::SecretsManager::Secret"):
        name = secret.properties.get("Name")
        if secret.file != group.file or not is_text(name) or f":secret:{name}-" not in token:
            continue
        generated = secret.properties.get("GenerateSecretString", {})
        length = number(generated.get("PasswordLength", 32))
        if length is not None and not 16 <= length <= 128:
            yield "AuthToken", f"has {length:.0f} characters, and takes 16 to 128"
        if not is_true(generated.get("ExcludePunctuation")) and not {*'@"/'} <= {
            *str(generated.get("ExcludeCharacters", ""))
        }:
            yield "AuthToken", "may have characters that Redis refuses: ExcludePunctuation"


RULE = Rule(
    code="OMS070",
    title="Redis is such as ElastiCache takes",
    cause=(
        "The region has no such node type, the engine no such version; failover needs a second "
        "node, several zones need failover, a token needs encryption in transit."
    ),
    remedy="see the API reference of ElastiCache",
    scope=Scope.STACKS,
    find=find,
)
