"""The model of config.yaml: its page and schema are current, and editors can use the schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from sentry_oms.settings import schema
from tests.conftest import ROOT
from tools.docs import settings as page

FILES = sorted((ROOT / "config").rglob("config.yaml"))
VALIDATOR = Draft7Validator(json.loads(schema()))


def test_the_page_is_current() -> None:
    assert (ROOT / "docs/SETTINGS.md").read_text() == page.render(), "run `make generated`"


def test_the_schema_is_current() -> None:
    assert (ROOT / "docs/schemas/config-1.json").read_text() == f"{schema()}\n"


@pytest.mark.parametrize("file", FILES, ids=str)
def test_an_editor_finds_the_schema_and_no_fault(file: Path) -> None:
    text = file.read_text()
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named
    assert (file.parent / named[1]).resolve() == ROOT / "docs/schemas/config-1.json"
    assert list(VALIDATOR.iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("state_protecton", "full"),
        ("state_protection", "ful"),
        ("oms_cpu", 300),
        ("oms_count", -1),
        ("multi_az", "perhaps"),
        ("alarm_topic_arn", "topic"),
        ("stack_tags", "dev"),
    ],
)
def test_an_editor_shows_a_fault(setting: str, value: Any) -> None:
    assert list(VALIDATOR.iter_errors({setting: value}))
