"""Templates put into files, for judges that read files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sentry_oms.cloudformation.templates import Template
from tools.lint.report import AS_WRITTEN

Judged = Mapping[tuple[str, str], Template]
"""Templates by environment and stack."""


def write(judged: Judged, directory: Path) -> Path:
    """Write each to ``<environment>/<stack>.json`` of a directory; that directory."""
    for (environment, stack), template in judged.items():
        (directory / environment).mkdir(parents=True, exist_ok=True)
        kept = template if environment == AS_WRITTEN else without_metadata(template)
        (directory / environment / f"{stack}.json").write_text(json.dumps(kept, indent=2))
    return directory


def without_metadata(template: Template) -> Template:
    """The template without its own and its resources' Metadata.

    It speaks of parameters that folding has filled in, and it is where each tool looks for orders
    to be silent: those are given in one way for all, which ``accepted`` reads.
    """
    resources: dict[str, Any] = {
        key: {name: part for name, part in resource.items() if name != "Metadata"}
        for key, resource in template["Resources"].items()
    }
    kept = {key: part for key, part in template.items() if key != "Metadata"}
    return {**kept, "Resources": resources}
