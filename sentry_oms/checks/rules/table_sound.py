"""OMS067: a table and its indexes are such as DynamoDB takes.

Sources:
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html
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
    items,
    one_of,
    repeated,
)
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.rule import Fault, Rule, Scope

PROJECTION = {
    "if": {"required": ["ProjectionType"], **has(ProjectionType=one_of("INCLUDE"))},
    "then": {"required": ["NonKeyAttributes"]},
    "else": has(NonKeyAttributes=False),
}
INDEX = has(Projection=PROJECTION)
SCHEMAS = {
    "AWS::DynamoDB::Table": {
        "allOf": [
            has(
                GlobalSecondaryIndexes=each(INDEX, maxItems=20),
                LocalSecondaryIndexes=each(INDEX, maxItems=5),
                TimeToLiveSpecification=given(
                    {"Enabled": one_of(True)}, {"required": ["AttributeName"]}
                ),
                SSESpecification=given(
                    {"SSEEnabled": one_of(False)}, has(KMSMasterKeyId=False, SSEType=False)
                ),
            ),
            given(
                {"BillingMode": one_of("PAY_PER_REQUEST")},
                has(
                    ProvisionedThroughput=False,
                    GlobalSecondaryIndexes=each(has(ProvisionedThroughput=False)),
                ),
            ),
        ]
    }
}


def find(project: Project) -> Iterator[Fault]:
    """What a table says, and what its keys and indexes say together."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::DynamoDB::Table": _table})


def _table(table: Resource) -> Found:
    keys = table.properties.get("KeySchema", [])
    yield from _keys("KeySchema", keys)
    names: list[tuple[int, Any]] = []
    for list_ in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for at, index in items(table.properties.get(list_)):
            path = f"{list_}.{at}"
            names.append((len(names), index.get("IndexName")))
            yield from _keys(f"{path}.KeySchema", index.get("KeySchema", []))
            if list_.startswith("Local") and index["KeySchema"][0] != keys[0]:
                yield f"{path}.KeySchema", "must have the table's own hash key"
    for _, message in repeated("", names, "index"):
        yield "GlobalSecondaryIndexes", message


def _keys(path: str, keys: list[dict[str, str]]) -> Found:
    kinds = [key.get("KeyType") for key in keys]
    if keys and kinds not in (["HASH"], ["HASH", "RANGE"]):
        yield path, "must have one HASH key, then at most one RANGE key"


RULE = Rule(
    code="OMS067",
    title="A table is such as DynamoDB takes",
    cause=(
        "Keys are in the wrong order, two indexes have one name, a projection names attributes "
        "that it may not, or a throughput goes with PAY_PER_REQUEST."
    ),
    remedy="see the API reference of DynamoDB",
    scope=Scope.STACKS,
    find=find,
)
