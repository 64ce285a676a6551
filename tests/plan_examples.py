"""Writes the plans in docs/examples: an added exchange and a renamed table.

``python -m tests.plan_examples`` launches dev on an embedded AWS of its own for them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sentry_oms.local.instance import Instance
from tests.conftest import ROOT, EmbeddedAws, Project, first_port

EXAMPLES = ROOT / "docs" / "examples"
CONFIG_TABLE = "templates/dynamodb/oms-config-table.json"

_VOLATILE = (
    # Random parts of physical IDs, and the address and account of the embedded AWS.
    (re.compile(r"-[0-9A-F]{12,13}(?=`)"), "-0123456789ABC"),
    (re.compile(r"-[0-9a-f]{8}(?=`)"), "-01234567"),
    (re.compile(r"http://localhost:\d+/0{12}"), "https://sqs.us-east-1.amazonaws.com/123456789012"),
    (re.compile(r":0{12}:"), ":123456789012:"),
)


def add_an_exchange(project: Project) -> None:
    """Add the exchange kraken."""
    project.edit("config/config.yaml", "[bitget, bingx, okx]", "[bitget, bingx, okx, kraken]")


def rename_a_table(project: Project) -> None:
    """Rename the table of the configuration."""
    project.edit(CONFIG_TABLE, "oms_config_${Environment}", "oms_settings_${Environment}")
    for task in ("frontend-admin", "oms", "websocket"):
        path = f"templates/compute/task-definition-{task}.json"
        project.edit(path, "oms_config_${Environment}", "oms_settings_${Environment}")


CHANGES: Mapping[str, Callable[[Project], None]] = {
    "plan-exchange-added.md": add_an_exchange,
    "plan-table-replaced.md": rename_a_table,
}


@contextmanager
def put_back(project: Project) -> Iterator[None]:
    """Restore the project's files afterwards."""
    before = {path: path.read_bytes() for path in project.directory.rglob("*") if path.is_file()}
    try:
        yield
    finally:
        for path, content in before.items():
            path.write_bytes(content)


def example(project: Project, name: str) -> str:
    """Return the Markdown of an example, in a project whose dev is launched."""
    with put_back(project):
        CHANGES[name](project)
        text = project.program("oms", "plan", "dev", "--format", "markdown").stdout
    for pattern, steady in _VOLATILE:
        text = pattern.sub(steady, text)
    return text


def main() -> None:
    """Write all examples."""
    with tempfile.TemporaryDirectory() as directory:
        instance = Instance(Path(directory, "aws"))
        try:
            aws = EmbeddedAws(instance.up(first_port())[0])
            project = Project(Path(directory, "project"), aws.environ)
            project.succeed("launch", "-y", "dev")
            for name in CHANGES:
                (EXAMPLES / name).write_text(example(project, name))
        finally:
            instance.down()


if __name__ == "__main__":
    main()
