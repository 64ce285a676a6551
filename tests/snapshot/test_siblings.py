"""Sibling templates differ only as accepted: each snapshot is the diff of two.

A change of one sibling alone changes a snapshot, and a change of both does not. Accept an intended
difference with `make accept`.
"""

from __future__ import annotations

from difflib import unified_diff

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.conftest import ROOT

SIBLINGS = {
    "tables": ("dynamodb/oms-config-table", "dynamodb/oms-trading-table"),
    "clusters": ("compute/ecs-cluster-gateway", "compute/ecs-cluster-oms"),
    "task-frontend": (
        "compute/task-definition-websocket",
        "compute/task-definition-frontend-admin",
    ),
    "task-oms": ("compute/task-definition-websocket", "compute/task-definition-oms"),
    "pipeline-frontend": ("cicd/codepipeline-oms", "cicd/codepipeline-frontend"),
    "pipeline-websocket": ("cicd/codepipeline-oms", "cicd/codepipeline-websocket"),
}
"""Pairs of templates. Of three siblings, two are compared with the closest to both."""


class DiffExtension(SingleFileSnapshotExtension):
    """Stores each snapshot in a file that editors color as a diff."""

    _write_mode = WriteMode.TEXT
    file_extension = "diff"


def text(path: str) -> str:
    return (ROOT / "templates" / f"{path}.json").read_text()


def differences(one: str, other: str) -> str:
    """Return the unified diff of two texts without line numbers, which any edit changes."""
    diff = unified_diff(one.splitlines(), other.splitlines(), n=1, lineterm="")
    return "".join(f"{'@@' if line.startswith('@@') else line}\n" for line in list(diff)[2:])


@pytest.mark.parametrize("pair", SIBLINGS.values(), ids=SIBLINGS)
def test_siblings_differ_as_accepted(pair: tuple[str, str], snapshot: SnapshotAssertion) -> None:
    one, other = pair
    names = f"--- {one}.json\n+++ {other}.json\n"
    assert names + differences(text(one), text(other)) == snapshot(extension_class=DiffExtension)


@pytest.mark.parametrize("pair", SIBLINGS.values(), ids=SIBLINGS)
def test_a_change_to_one_sibling_alone_is_a_difference(pair: tuple[str, str]) -> None:
    one, other = map(text, pair)
    known, new = '"Ref": "Environment"', '"Ref": "Other"'
    accepted = differences(one, other)
    assert differences(one, other.replace(known, new, 1)) != accepted
    assert differences(one.replace(known, new, 1), other) != accepted
    assert differences(one.replace(known, new, 1), other.replace(known, new, 1)) == accepted
