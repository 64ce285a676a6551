"""A rule is suppressed beside its cause, with a reason, and as long as it finds something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sentry_oms.checks import check_environment, check_stacks, examine
from sentry_oms.cli import main
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.reading import read_environment
from sentry_oms.offline.source import Source
from sentry_oms.offline.suppression import in_comments
from tests.conftest import VARIABLES, Project
from tests.unit.test_checks import stacks
from tools.docs import checks as page

SQS = "config/dev/sqs.yaml"
CONFIG = "config/config.yaml"
TIMEOUT = "stack_timeout: 15\n"
REASON = "Queues are created in seconds."
ACCEPT = f"# oms: accept OMS012: {REASON}\n"
BAD = ("999", "001", "018")
"""Codes of no rule, and of rules that can't be suppressed."""
NAME = "Every message may be lost here."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return Project(tmp_path, {})


def found(project: Project, environment: str = "dev") -> list[tuple[str, str]]:
    """Return code and message of the findings that are not accepted."""
    return [(one.code, one.message) for one in check_environment(project.directory, environment)]


def accepted(project: Project) -> list[tuple[str, str | None]]:
    """Return code and reason of the accepted findings."""
    every = examine(read_environment(project.directory, "dev"))
    return [(one.code, one.accepted) for one in every if one.accepted is not None]


def put_first(project: Project, path: str, text: str) -> None:
    file = project.directory / path
    file.write_text(text + file.read_text())


def test_a_comment_accepts_a_finding_of_its_line_or_the_next(project: Project) -> None:
    project.edit(SQS, TIMEOUT, "")
    put_first(project, SQS, ACCEPT)
    project.edit(
        "config/dev/redis.yaml",
        "  MultiAZ:",
        "  # The next line is accepted.\n"
        "  # oms: accept OMS042 in dev, staging: The template is changed next week.\n"
        "  # Nothing else is.\n"
        "  MultiAZ:",
    )
    project.edit("config/dev/redis.yaml", "{{ multi_az }}", "maybe")
    project.edit(
        "config/dev/secrets.yaml",
        "stack_timeout: 10",
        "stack_timeout: soon  # oms: accept OMS012: It is a number before the launch.",
    )
    assert found(project) == []
    assert accepted(project) == [
        ("OMS042", "The template is changed next week."),
        ("OMS012", "It is a number before the launch."),
        ("OMS012", REASON),
    ]
    assert check_stacks(stacks(project)) == []


def test_a_comment_elsewhere_accepts_nothing(project: Project) -> None:
    project.edit(SQS, TIMEOUT, "")
    with (project.directory / SQS).open("a") as file:
        file.write(ACCEPT)
    assert [code for code, _ in found(project)] == ["OMS012"]


def test_a_comment_accepts_a_finding_in_config_yaml(project: Project) -> None:
    project.edit(
        CONFIG,
        "state_protection: none",
        "# oms: accept OMS009: A hook of another project reads it.\nstate_protecton: none\n"
        "state_protection: none",
    )
    assert found(project) == []
    assert [code for code, _ in accepted(project)] == ["OMS009"]


@pytest.mark.parametrize("is_resources", [True, False], ids=["the resource's", "the template's"])
def test_metadata_accepts_a_finding(project: Project, is_resources: bool) -> None:
    with project.edit_template("secrets/secrets-manager.json") as template:
        secret = template["Resources"]["AppSecret"]
        secret["Properties"]["Name"] = "a name"
        reason: object = NAME
        part = secret
        if not is_resources:
            part, reason = template, {"resources": "*Secret", "in": ["dev"], "reason": NAME}
        part.setdefault("Metadata", {})["Sentry::Accepted"] = {"OMS052 CKV_1": reason}
    findings = [code for code, _ in found(project)]
    assert "OMS052" not in findings
    assert ("OMS052", NAME) in accepted(project)


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("accept OMS012:", "OMS012: reason: write the reason as a sentence"),
        ("accept OMS012 OMS013: because", "OMS012 OMS013: reason: write the reason as a sentence"),
        ("accept OMS012", "'accept OMS012' is not a suppression"),
        ("ignore OMS012: Not here.", "'ignore OMS012: Not here.' is not a suppression"),
    ],
)
def test_a_comment_that_is_no_suppression_has_a_fault(comment: str, message: str) -> None:
    (fault,) = in_comments(Source("x.yaml", f"a: 1\nb: 2  # oms: {comment}\n"))
    assert isinstance(fault, Fault)
    assert (fault.message, fault.line) == (message, 2)


def test_an_invalid_suppression_is_a_finding(project: Project) -> None:
    comments = ("accept OMS012: because", *(f"accept OMS{n}: It is not needed." for n in BAD))
    for number, comment in enumerate(comments):
        file = sorted((project.directory / "config/dev").glob("*.yaml"))[number]
        file.write_text(f"# oms: {comment}\n{file.read_text()}")
    findings = check_environment(project.directory, "dev")
    assert {(one.code, one.line) for one in findings} == {("OMS017", 1)}
    assert [one.field for one in findings] == ["", *(f"OMS{number}" for number in BAD)]


def test_metadata_without_a_reason_is_a_finding(project: Project) -> None:
    with project.edit_template("secrets/secrets-manager.json") as template:
        metadata = template["Resources"]["AppSecret"].setdefault("Metadata", {})
        metadata["Sentry::Accepted"] = {"OMS052": ""}
    assert found(project) == [
        (
            "OMS017",
            "Sentry::Accepted of AppSecret, OMS052: reason: write the reason as a sentence",
        )
    ]


def test_a_stale_suppression_is_a_finding_of_its_environments(project: Project) -> None:
    put_first(project, SQS, ACCEPT)
    put_first(project, CONFIG, f"# oms: accept OMS009 in prod: {REASON}\n")
    (finding,) = check_environment(project.directory, "dev")
    assert (finding.code, finding.file, finding.line) == ("OMS018", SQS, 1)
    assert found(project, "prod") == [("OMS018", "accepts no finding")]
    assert check_stacks(stacks(project)) == []


def test_a_suppression_is_not_called_stale_while_something_else_is_found(project: Project) -> None:
    put_first(project, SQS, ACCEPT)
    project.edit("config/dev/redis.yaml", "{{ multi_az }}", "maybe")
    assert [code for code, _ in found(project)] == ["OMS042"]


def test_the_page_of_the_rules_lists_suppressions(project: Project) -> None:
    assert page.suppressed(project.directory) == "- none"
    put_first(project, SQS, ACCEPT)
    with project.edit_template("secrets/secrets-manager.json") as template:
        template["Resources"]["AppSecret"]["Metadata"] = {
            "Sentry::Accepted": {"OMS052 CKV_1": NAME}
        }
    assert page.suppressed(project.directory).splitlines() == [
        f"- `{SQS}`: OMS012: {REASON}",
        f"- `templates/secrets/secrets-manager.json`: OMS052 CKV_1: {NAME}",
    ]


def test_the_command_lists_what_is_accepted(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.edit(SQS, TIMEOUT, "")
    put_first(project, SQS, ACCEPT)
    monkeypatch.chdir(project.directory)
    done = CliRunner().invoke(main, ["check", "dev"])
    assert done.exit_code == 0
    line, count = done.output.splitlines()
    assert line.startswith(f"accepted: {SQS}:1 OMS012 stack_timeout: is not set: ")
    assert line.endswith(f"(reason: {REASON})")
    assert count.endswith(" rules, no findings, 1 accepted")
    (finding,) = json.loads(CliRunner().invoke(main, ["check", "dev", "--format", "json"]).output)
    assert finding["accepted"] == REASON
    shown = CliRunner().invoke(main, ["check", "dev", "--format", "github"]).output
    assert shown.startswith(f"::notice file={SQS},line=1,title=OMS012::")
