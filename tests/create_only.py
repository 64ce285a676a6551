"""Writes sentry_oms/cloudformation/create_only.json from the registry schemas that cfn-lint has."""

from __future__ import annotations

import json
from pathlib import Path

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from sentry_oms.cloudformation.create_only import ALWAYS, CONDITIONALLY
from sentry_oms.cloudformation.types import HOLDS_STATE

ROOT = Path(__file__).parents[1]
REGION = "us-east-1"


def used() -> set[str]:
    """The types of resources that our templates use."""
    return {
        resource["Type"]
        for path in (ROOT / "templates").rglob("*.json")
        for resource in json.loads(path.read_text())["Resources"].values()
    }


def rendered() -> str:
    """The file's text."""
    found = {}
    for kind in sorted(used() | set(HOLDS_STATE)):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
        always = _names(schema.get("createOnlyProperties"))
        conditionally = _names(schema.get("conditionalCreateOnlyProperties"))
        found[kind] = {
            name: ALWAYS if name in always else CONDITIONALLY
            for name in sorted(always | conditionally)
        }
    return json.dumps(found, indent=2) + "\n"


def _names(pointers: list[str] | None) -> set[str]:
    # Whole properties only: of a part of one, CloudFormation says what the change asks for.
    parts = (pointer.removeprefix("/properties/") for pointer in pointers or [])
    return {part for part in parts if "/" not in part}


if __name__ == "__main__":
    (ROOT / "sentry_oms" / "cloudformation" / "create_only.json").write_text(rendered())
