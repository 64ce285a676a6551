"""What README says of the project is there: messages, codes, links, targets, settings and tags."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sceptre import connection_manager

from sentry_oms.checks import RULES
from sentry_oms.executor.run import INTERRUPTED_EXIT
from sentry_oms.plan.change import Exit
from tests.conftest import ROOT
from tests.readme.outline import headings, prose, slug
from tests.readme.page import blocks

PAGES = ("README.md", "README.pt-BR.md")
README = (ROOT / "README.md").read_text()

CODES = {rule.code for rule in RULES}
EXITS = {
    "oms plan": {code.value for code in Exit} | {INTERRUPTED_EXIT},
    "sceptre launch": {0, 1, INTERRUPTED_EXIT},
}
"""With what these may exit; that a launch does, the journeys show."""

NOT_OURS = {".venv/bin/oms: No such file or directory"}
"""What a shell says of a program that is not there."""

GAP = "\0"
"""What stands in a literal for a value."""


def literals(source: str) -> Iterator[str]:
    """Each text in a Python source, with a gap for each value that is put into it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def said_somewhere() -> list[str]:
    """All that this project, its Makefile and Sceptre's sessions can say."""
    files = [
        file
        for package in ("resolvers", "hooks", "sentry_oms")
        for file in sorted((ROOT / package).rglob("*.py"))
    ]
    sources = [file.read_text() for file in files] + [inspect.getsource(connection_manager)]
    texts = [text for source in sources for text in literals(source)]
    return [*texts, *(ROOT / "Makefile").read_text().splitlines()]


SAID = said_somewhere()


def troubles(page: str) -> list[str]:
    """The first cell of each row of the table of messages."""
    rows = [line.split(" | ")[0].strip("| ") for line in prose(page) if line.startswith("| `")]
    start = rows.index("`Python 3.10 or newer is needed`")
    return rows[start:]


def fault(trouble: str) -> str | None:
    """Why nobody can see what a row's first cell shows; None where somebody can."""
    if exits := re.fullmatch(r"`([^`]+)` (?:exits with|termina com) (\d+)", trouble):
        return None if int(exits[2]) in EXITS.get(exits[1], ()) else "no such exit code"
    message = trouble.strip("`")
    if code := re.match(r"OMS\d+", message):
        if code[0] not in CODES:
            return f"there is no rule {code[0]}"
        message = re.sub(r"^OMS\d+ \.\.\.:?", "", message)
    if message in NOT_OURS:
        return None
    parts = [re.escape(part.strip()) for part in message.split("...")]
    wanted = re.compile(".*".join(parts), re.DOTALL)
    return None if any(wanted.search(text) for text in SAID) else "nothing says so"


@pytest.mark.parametrize("page", PAGES)
def test_each_message_and_code_of_the_troubles_exists(page: str) -> None:
    found = troubles((ROOT / page).read_text())
    assert len(found) > 15
    assert {trouble: why for trouble in found if (why := fault(trouble))} == {}


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ("`the embedded AWS (pid ...) has collapsed`", "nothing says so"),
        ("`Python 3.9 or newer is needed`", "nothing says so"),
        ("`OMS999 ...`", "there is no rule OMS999"),
        ("`OMS042 ...: '...' is not welcome`", "nothing says so"),
        ("`oms plan` exits with 4", "no such exit code"),
        ("`oms pln` exits with 1", "no such exit code"),
    ],
)
def test_a_row_that_went_stale_is_found(trouble: str, why: str) -> None:
    assert fault(trouble) == why


def dead(page: str, folder: Path = ROOT) -> list[str]:
    """The links of a page that lead nowhere in the project."""
    found = re.findall(r"\]\(([^)\s]+)\)", "\n".join(prose(page)))
    return [link for link in found if "://" not in link and not _leads(link, page, folder)]


def _leads(link: str, page: str, folder: Path) -> bool:
    path, _, anchor = link.partition("#")
    target = folder / path
    if not target.exists():
        return False
    text = target.read_text() if path and target.is_file() else page
    return not anchor or anchor in {slug(heading) for _, heading in headings(text)}


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leads_somewhere(page: str) -> None:
    assert dead((ROOT / page).read_text()) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    page = "# A\n[a](#a) [b](#b) [c](docs/NONE.md) [d](docs/CHECKS.md#oms000) [e](docs/CHECKS.md)\n"
    assert dead(page) == ["#b", "docs/NONE.md", "docs/CHECKS.md#oms000"]


def test_each_target_of_make_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = "\n".join([*re.findall(r"`([^`\n]+)`", README), *(b.text for b in blocks(README))])
    named = set(re.findall(r"^make (?:-s |PYTHON=\S+ )?([a-z-]+)", code, re.MULTILINE))
    assert len(named) > 5
    assert named - targets == set()


def test_the_table_of_settings_has_each_setting() -> None:
    config = yaml.safe_load(re.sub(r'"{{.*}}"', "x", (ROOT / "config/config.yaml").read_text()))
    explained_elsewhere = {
        *("project_code", "executor", "region", "required_variables"),
        *("codestar_connection_arn", "source_repository", "alarm_topic_arn", "certificate_arn"),
        *("stack_tags", "stack_tags_inheritance"),
    }
    rows = "\n".join(line for line in prose(README) if line.startswith("| `"))
    named = {
        name
        for span in re.findall(r"`([\w<>]+)`", rows)
        for name in ([span] if "<" not in span else _of_each_service(span))
    }
    assert set(config) - explained_elsewhere - named == set()


def _of_each_service(setting: str) -> list[str]:
    return [setting.replace("<service>", one) for one in ("frontend", "oms", "websocket")]


def test_the_table_of_tags_has_each_tag() -> None:
    setup = (ROOT / "setup.cfg").read_text()
    tags = set(re.findall(r"^    (\w+) = (?:resolvers|hooks)\.", setup, re.MULTILINE))
    assert len(tags) > 10
    assert set(re.findall(r"\[`!(\w+)`\]", README)) == tags | {"stack_output"}
