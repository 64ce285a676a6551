"""Each stack as it is rendered for each environment.

Accept an intended change with `make accept`, and review its diff.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sceptre.resolvers import CustomYamlTagBase
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from sentry_oms.offline.project import Project
from sentry_oms.offline.reading import read_environment
from tests.conftest import ROOT
from tools.docs.environments import ENVIRONMENTS, EXAMPLES

STACKS = sorted(path.stem for path in (ROOT / "config/dev").glob("*.yaml") if path.stem != "config")


@pytest.fixture(scope="module")
def projects() -> Iterator[dict[str, Project]]:
    """Every environment, with variables that are the same on every machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in EXAMPLES.items():
            patch.setenv(name, value)
        yield {name: read_environment(ROOT, name) for name in ENVIRONMENTS}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("stack", STACKS)
def test_it_is_rendered_as_it_was_accepted(
    projects: dict[str, Project], environment: str, stack: str, snapshot: SnapshotAssertion
) -> None:
    project = projects[environment]
    file = project.known[f"{environment}/{stack}"]
    rendered = {
        "name": file.stack.external_name,
        "parameters": {key: written(value) for key, value in file.parameters.items()},
        "template": project.deployed[file.name],
    }
    assert rendered == snapshot(extension_class=JSONSnapshotExtension)


def written(value: Any) -> Any:
    """Return a parameter of a stack file, with tags as text."""
    if isinstance(value, CustomYamlTagBase):
        return repr(value)
    return [written(item) for item in value] if isinstance(value, list) else value
