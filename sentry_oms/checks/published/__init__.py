"""What AWS publishes of its types and of IAM, reduced to what the rules ask for.

``python -m sentry_oms.checks.published`` writes ``resources.json`` and ``iam.json`` anew, from
cfn-lint and botocore at their pinned versions: so a check needs neither, reads them in
milliseconds, and runs before each launch.

Sources:
    https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schemas.html
    https://github.com/boto/botocore/tree/develop/botocore/data
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
REGIONS = ("us-east-1", "sa-east-1")
"""Where the types are looked up: where the system runs, and where its exchanges' users are."""

Schema = dict[str, Any]


@cache
def read(name: str) -> dict[str, Any]:
    """One of the files."""
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return loaded


def schema(kind: str) -> Schema | None:
    """The schema of a type's properties; None where it is not kept here."""
    found: Schema | None = read("resources")["schemas"].get(kind)
    return found


def exists(kind: str, region: str) -> bool:
    """Whether a region has the type; one that is not looked up has what us-east-1 has."""
    lacking: list[str] = read("resources")["lacking"].get(region, [])
    return kind in read("resources")["types"] and kind not in lacking
