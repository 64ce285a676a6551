"""Everything that README names exists, and README in Portuguese has the same outline."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

import pytest
import yaml
from sceptre import connection_manager

from sentry_oms.checks import RULES
from tests.conftest import ROOT
from tests.readme.page import anchor, blocks, headings, links, prose

PAGES = ("README.md", "README.pt-BR.md")
README = (ROOT / "README.md").read_text()
CODES = {rule.code for rule in RULES}
SHELL_MESSAGE = ".venv/bin/oms: No such file or directory"


@pytest.fixture(scope="module")
def sources() -> str:
    """All code that prints a message, a statement a line, without quotes."""
    files = [
        file
        for package in ("resolvers", "hooks", "sentry_oms")
        for file in sorted((ROOT / package).rglob("*.py"))
    ]
    modules = [file.read_text() for file in files] + [inspect.getsource(connection_manager)]
    code = [ast.unparse(ast.parse(module)) for module in modules]
    return without_quotes("\n".join([*code, (ROOT / "Makefile").read_text()]))


def without_quotes(text: str) -> str:
    return re.sub(r"[\\'\"]", "", text)


def troubles(page: str) -> list[str]:
    """Return each message in the first column of the page's last table."""
    last = [part for part in prose(page).split("\n\n") if part.startswith("| ")][-1]
    return re.findall(r"^\| `([^`]+)` \|", last, flags=re.MULTILINE)


def fault(trouble: str, sources: str) -> str | None:
    """Return why a symptom can't occur, or None if it can."""
    code = re.match(r"OMS\d+", trouble)
    if code and code[0] not in CODES:
        return "no such rule"
    message = re.sub(r"^OMS\d+ \.\.\.:?", "", trouble)
    parts = [re.escape(part.strip()) for part in without_quotes(message).split("...")]
    found = trouble == SHELL_MESSAGE or re.search(".*".join(parts), sources)
    return None if found else "no code prints it"


@pytest.mark.parametrize("page", PAGES)
def test_each_symptom_of_the_troubleshooting_table_exists(page: str, sources: str) -> None:
    found = troubles((ROOT / page).read_text())
    assert len(found) > 15
    assert {trouble: why for trouble in found if (why := fault(trouble, sources))} == {}


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ("the embedded AWS (pid ...) has collapsed", "no code prints it"),
        ("OMS042 ...: '...' is not welcome", "no code prints it"),
        ("OMS999 ...", "no such rule"),
    ],
)
def test_a_stale_symptom_is_found(trouble: str, why: str, sources: str) -> None:
    assert fault(trouble, sources) == why


def dead_links(page: str) -> list[str]:
    return [link for link in links(prose(page)) if "://" not in link and not _exists(link, page)]


def _exists(link: str, page: str) -> bool:
    path, _, fragment = link.partition("#")
    target = ROOT / path
    if not target.exists():
        return False
    text = target.read_text() if target.is_file() else page
    return not fragment or fragment in map(anchor, headings(text))


@pytest.mark.parametrize("page", PAGES)
def test_each_link_has_a_target(page: str) -> None:
    assert dead_links((ROOT / page).read_text()) == []


def test_a_link_without_a_target_is_found() -> None:
    page = "# A\n[a](#a) [b](#b) [c](docs/NONE.md) [d](docs/CHECKS.md#oms000) [e](docs/CHECKS.md)\n"
    assert dead_links(page) == ["#b", "docs/NONE.md", "docs/CHECKS.md#oms000"]


def test_each_target_of_make_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = [*re.findall(r"`([^`\n]+)`", README), *(block.text for block in blocks(README))]
    named = re.findall(r"^make (?:-s |PYTHON=\S+ )?([a-z-]+)", "\n".join(code), re.MULTILINE)
    assert len(named) > 5
    assert set(named) - targets == set()


def test_the_table_of_settings_is_complete() -> None:
    config = yaml.safe_load(re.sub(r'"{{.*}}"', "x", (ROOT / "config/config.yaml").read_text()))
    described_elsewhere = {
        *("project_code", "executor", "region", "required_variables"),
        *("codestar_connection_arn", "source_repository", "alarm_topic_arn", "certificate_arn"),
        *("stack_tags", "stack_tags_inheritance"),
    }
    rows = "\n".join(line for line in prose(README).splitlines() if line.startswith("| `"))
    named = {
        span.replace("<service>", service)
        for span in re.findall(r"`([\w<>]+)`", rows)
        for service in ("frontend", "oms", "websocket")
    }
    assert set(config) - described_elsewhere - named == set()


def test_the_table_of_tags_is_complete() -> None:
    setup = (ROOT / "setup.cfg").read_text()
    tags = set(re.findall(r"^    (\w+) = (?:resolvers|hooks)\.", setup, re.MULTILINE))
    assert len(tags) > 10
    assert set(re.findall(r"\[`!(\w+)`\]", README)) == tags | {"stack_output"}


def outline(page: str, other: str) -> list[object]:
    """Return what two translations of a page have in common: code, headings, tables and links.

    Args:
        other: the file of the other translation.
    """
    return [*blocks(page), *_sections(page, other)]


def _sections(page: str, other: str) -> Iterator[list[object]]:
    numbers = {f"#{anchor(text)}": f"heading {n}" for n, text in enumerate(headings(page))}
    for section in re.split(r"^(?=#)", prose(page), flags=re.MULTILINE):
        rows = [line.split("|") for line in section.splitlines() if line.startswith("|")]
        yield [
            len(section) - len(section.lstrip("#")),
            # Sorted, since each language has its own word order.
            sorted(" ".join(span.split()) for span in re.findall(r"`([^`]+)`", section)),
            sorted("other" if to == other else numbers.get(to, to) for to in links(section)),
            [[re.findall(r"`([^`]+)`", cell) for cell in row] for row in rows],
        ]


def test_the_translation_has_the_same_outline() -> None:
    portuguese = (ROOT / "README.pt-BR.md").read_text()
    assert outline(portuguese, "README.md") == outline(README, "README.pt-BR.md")


SECTION = "## Part\n\n[A link](#part), `code`.\n\n| `a` | b |\n\n```bash\nmake\n```\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [("##", "###"), ("make", "made"), ("| b |", "| b | c |"), ("`code`", "code"), ("#part", "x")],
)
def test_a_change_of_one_page_alone_is_found(old: str, new: str) -> None:
    assert outline(SECTION.replace(old, new), "") != outline(SECTION, "")
