"""Create-only properties by type: a change of one replaces the resource.

``make generated`` writes ``create_only.json`` from cfn-lint's registry schemas, which are not
installed at run time; a test checks that it is up to date. It has the types of our templates and
the stateful ones. ``Always``: a change replaces the resource; ``Conditionally``: it depends on the
values.

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
    """Return each type's create-only properties, with Always or Conditionally."""
    loaded: Mapping[str, Mapping[str, str]] = json.loads(_FILE.read_text())
    return loaded
