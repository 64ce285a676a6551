"""Writes sentry_oms/cloudformation/create_only.json from cfn-lint's copy of the registry."""

from __future__ import annotations

import json

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from sentry_oms.cloudformation.create_only import ALWAYS, CONDITIONALLY
from sentry_oms.cloudformation.types import HOLDS_STATE
from tests.conftest import ROOT

REGION = "us-east-1"


def used_types() -> set[str]:
    """Return the types of the resources in our templates."""
    return {
        resource["Type"]
        for path in (ROOT / "templates").rglob("*.json")
        for resource in json.loads(path.read_text())["Resources"].values()
    }


def rendered() -> str:
    """Return the text of the file."""
    found = {}
    for kind in sorted(used_types() | set(HOLDS_STATE)):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
        conditionally = _properties(schema.get("conditionalCreateOnlyProperties"))
        always = _properties(schema.get("createOnlyProperties"))
        unsorted = {**dict.fromkeys(conditionally, CONDITIONALLY), **dict.fromkeys(always, ALWAYS)}
        found[kind] = dict(sorted(unsorted.items()))
    return json.dumps(found, indent=2) + "\n"


def _properties(pointers: list[str] | None) -> set[str]:
    # Whole properties only: a change set itself says whether a part of one is recreated.
    parts = (pointer.removeprefix("/properties/") for pointer in pointers or [])
    return {part for part in parts if "/" not in part}


if __name__ == "__main__":
    (ROOT / "sentry_oms" / "cloudformation" / "create_only.json").write_text(rendered())
