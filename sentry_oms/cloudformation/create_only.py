"""Which properties a resource is created with once and for all, by type.

``create_only.json`` is taken from the registry schemas that come with cfn-lint (``make
generated``), since they are not there at run time; a test holds it. It has the types that our
templates use and those that hold state. ``Always``: a change replaces the resource;
``Conditionally``: CloudFormation decides by the values.

Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
(createOnlyProperties, conditionalCreateOnlyProperties)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("create_only.json")
ALWAYS, CONDITIONALLY = "Always", "Conditionally"


@cache
def create_only() -> Mapping[str, Mapping[str, str]]:
    """Each type's properties, with what a change of it asks for."""
    loaded: Mapping[str, Mapping[str, str]] = json.loads(_FILE.read_text())
    return loaded
