"""The parts of ``make lint`` that are ours: what linters get, and how their output is read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sentry_oms.checks import RULES
from sentry_oms.cloudformation.accepted import ACCEPTED
from tests.conftest import ROOT
from tools.lint import __main__ as lint
from tools.lint import cfn_guard, cfn_lint, checkov, controls, linters, page, tools
from tools.lint.deployed import GROUPS
from tools.lint.linters import LINTERS, Linter
from tools.lint.report import AS_WRITTEN, Finding, Findings, LinterError, Place, Report

BUCKET = {"Type": "AWS::S3::Bucket", "Metadata": {ACCEPTED: {"R1": "This is on purpose."}}}
TEMPLATE = {"Resources": {"Bucket": BUCKET}}

DEV = Finding(Place("dev", "stack", "Bucket", "R1"), "asked")
OTHER = Finding(Place("dev", "stack", "Bucket", "R2"), "asked")


class TestTemplates:
    def test_linters_get_every_stack_and_every_template_as_written(self) -> None:
        given = linters.templates()
        files = [path for name in GROUPS for path in (ROOT / "config" / name).glob("*.yaml")]
        stacks = {(path.parent.name, path.stem) for path in files if path.stem != "config"}
        written = {(AS_WRITTEN, path.stem) for path in (ROOT / "templates").glob("*/*.json")}
        assert given.keys() == stacks | written

    def test_only_templates_as_written_keep_metadata(self, tmp_path: Path) -> None:
        linters.write({("dev", "stack"): TEMPLATE, (AS_WRITTEN, "stack"): TEMPLATE}, tmp_path)
        bare = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}
        assert json.loads((tmp_path / "dev/stack.json").read_text()) == bare
        assert json.loads((tmp_path / "template/stack.json").read_text()) == TEMPLATE

    @pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*/*.json")), ids=str)
    def test_no_template_has_a_linters_own_suppressions(self, path: Path) -> None:
        for key in ("cfn-lint", "cfn_nag", "checkov", "guard"):
            assert f'"{key}": {{' not in path.read_text()


class TestCfnLint:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            (["Resources", "Listener", "Properties"], "Listener"),
            (["Outputs", "Id", "Value"], "Outputs.Id"),
            (["Parameters"], "Parameters"),
            ([], "-"),
        ],
    )
    def test_matches_in_two_regions_are_one_finding(self, path: list[str], name: str) -> None:
        match = {
            "Filename": "/tmp/x/prod/alb.json",
            "Location": {"Path": path},
            "Message": "'x' is not a port",
            "Rule": {"Id": "E3034", "ShortDescription": "Number in its range"},
        }
        assert cfn_lint.read([match, {**match, "Message": "'y' is not a port"}], 3) == Findings(
            3, (Finding(Place("prod", "alb", name, "E3034"), "'x' is not a port"),)
        )

    def test_rules_are_counted(self) -> None:
        assert cfn_lint.count("E0000: a\nSays E1234: x\nW1001: b\n\n## I3010: no\n") == 2


def guard(*checks: Any) -> list[dict[str, Any]]:
    """The output of cfn-guard about a file with a broken rule."""
    return [
        {
            "name": "/tmp/x/dev/sqs.json",
            "not_compliant": [{"Rule": {"name": "sqs_dlq_check", "checks": list(checks)}}],
            "compliant": ["a", "b"],
            "not_applicable": ["b", "c", "sqs_dlq_check"],
        }
    ]


class TestCfnGuard:
    def test_findings_are_on_the_resources_that_a_clause_checked(self) -> None:
        compared = {
            "to": {"path": "/Resources/Other/Type"},
            "from": {"path": "/Resources/Queue/Properties/A"},
        }
        missing = {"value": {"traversed_to": {"path": "/Resources/Second"}}}
        messages = {"custom_message": "\n  [CT.SQS.PR.1]: Require it\n  [FIX]: x"}
        clauses = [
            {"Clause": {"Binary": {"check": {"Resolved": compared}}}},
            {"Clause": {"Unary": {"check": {"UnResolved": missing}}}},
        ]
        assert cfn_guard.read(guard({"messages": messages, "checks": clauses}), 1) == Findings(
            4,
            tuple(
                Finding(Place("dev", "sqs", name, "CT.SQS.PR.1"), "Require it")
                for name in ("Queue", "Second")
            ),
        )

    def test_a_file_without_a_result_is_an_error(self) -> None:
        with pytest.raises(LinterError, match="checked 1 of 2 files"):
            cfn_guard.read(guard(), 2)

    def test_a_broken_rule_without_a_resource_is_an_error(self) -> None:
        with pytest.raises(LinterError, match="sqs_dlq_check names no resource of dev/sqs"):
            cfn_guard.read(guard(), 1)


class TestCheckov:
    SUMMARY: ClassVar[dict[str, int]] = {"parsing_errors": 0, "skipped": 0}

    def test_rules_are_counted_whether_they_pass_or_fail(self) -> None:
        failed = {
            "check_id": "CKV_AWS_2",
            "check_name": "Ensure HTTPS",
            "file_path": "/dev/alb.json",
            "resource": "AWS::ElasticLoadBalancingV2::Listener.HttpListener",
        }
        passed = {**failed, "check_id": "CKV_AWS_3"}
        results = {"failed_checks": [failed], "passed_checks": [passed]}
        assert checkov.read({"results": results, "summary": self.SUMMARY}) == Findings(
            2, (Finding(Place("dev", "alb", "HttpListener", "CKV_AWS_2"), "Ensure HTTPS"),)
        )

    def test_a_summary_alone_has_no_findings(self) -> None:
        assert checkov.read(self.SUMMARY) == Findings(0, ())

    @pytest.mark.parametrize("key", ["parsing_errors", "skipped"])
    def test_a_file_or_a_check_left_out_is_an_error(self, key: str) -> None:
        with pytest.raises(LinterError, match="checkov could not parse"):
            checkov.read({**self.SUMMARY, key: 1})


class TestTools:
    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("print('first\\nlast'); exit(3)", "failed with exit code 3: last"),
            ("import sys; print('cannot', file=sys.stderr)", "failed with exit code 0: cannot"),
        ],
    )
    def test_a_failure_is_reported_with_the_last_line(self, code: str, message: str) -> None:
        with pytest.raises(LinterError, match=message):
            tools.run([sys.executable, "-c", code], [0, 1])

    def test_a_missing_program_is_reported(self) -> None:
        with pytest.raises(LinterError, match="/nowhere/tool is not installed; run make lint"):
            tools.run(["/nowhere/tool"], [0])

    def test_a_program_gets_neither_the_network_nor_the_shells_variables(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BC_API_KEY", "secret")
        shown = tools.run([sys.executable, "-c", "import os; print(dict(os.environ))"], [0], A="b")
        assert "secret" not in shown
        assert "'A': 'b'" in shown
        assert f"'HTTPS_PROXY': '{tools.NOWHERE}'" in shown

    @pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=str)
    def test_python_packages_are_pinned(self, path: Path) -> None:
        lines = path.read_text().splitlines()
        assert all("==" in line for line in lines if not line.startswith("#"))


PLANTED = [
    Finding(Place(environment, fault.stack, fault.resource, fault.rule), "")
    for fault in controls.FAULTS
    if fault.linter == "checkov"
    for environment in fault.environments
]
"""The findings of checkov in the bad templates."""

EXTRA = Finding(Place("dev", "prod-only", "OpenGroup", "CKV_AWS_24"), "")


class TestControls:
    @pytest.mark.parametrize("linter", [linter.name for linter in LINTERS])
    def test_each_linter_has_a_fault_that_only_prod_has(self, linter: str) -> None:
        own = [fault.environments for fault in controls.FAULTS if fault.linter == linter]
        assert {"prod"} in own

    @pytest.mark.parametrize(
        ("found", "where"),
        [([], "no environment"), ([*PLANTED, EXTRA], "dev, prod")],
    )
    def test_a_fault_that_is_not_found_exactly_where_it_is_is_reported(
        self, found: list[Finding], where: str
    ) -> None:
        assert (
            "checkov finds CKV_AWS_24 on OpenGroup of bad/prod-only.json in "
            f"{where}; expected in prod"
        ) in list(controls.undetected("checkov", found))


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run all of it, with findings that the test gives instead of the linters'."""

    def run(
        own: Sequence[Finding], planted: Sequence[Finding] = PLANTED, iam: Sequence[str] = ()
    ) -> tuple[int, str]:
        fake = Linter("checkov", lambda _: Findings(7, [*own, *planted]))
        monkeypatch.setattr(lint, "LINTERS", (fake,))
        monkeypatch.setattr(linters, "templates", lambda: {("dev", "stack"): TEMPLATE})
        monkeypatch.setattr(lint.iam, "lint", lambda: Report("iam", 3, iam))
        code = lint.main()
        return code, capsys.readouterr().out

    return run


class TestRun:
    def test_accepted_findings_are_no_failure(self, run: Callable[..., tuple[int, str]]) -> None:
        code, said = run([DEV])
        assert code == 0
        checked, _, fake, iam, reachability, references, last = said.splitlines()
        assert checked.startswith(f"oms check: {len(RULES)} rules, ")
        assert fake == "checkov: 7 rules, 1 templates, 0 findings, 1 accepted"
        assert iam == "iam: 3 rules, 0 findings, 0 accepted"
        assert reachability.startswith("reachability: ")
        assert references.startswith("references: ")
        assert last.startswith("0 findings, ")

    @pytest.mark.parametrize(
        ("found", "message"),
        [
            ({"own": [DEV, OTHER]}, "dev/stack Bucket R2: asked"),
            ({"own": []}, "dev/stack Bucket accepts R1, which no linter finds"),
            ({"own": [DEV], "planted": []}, "CKV_AWS_24 on OpenGroup"),
            ({"own": [DEV], "iam": ["prod: too much"]}, "prod: too much"),
        ],
        ids=["a finding", "a stale acceptance", "an undetected fault", "a permission"],
    )
    def test_a_finding_is_printed_and_fails(
        self, run: Callable[..., tuple[int, str]], found: dict[str, Any], message: str
    ) -> None:
        code, said = run(**found)
        assert code == 1
        assert message in said

    def test_a_failed_linter_is_one_line(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fails() -> list[Report]:
            raise LinterError("checkov failed with exit code 2: x")

        monkeypatch.setattr(lint, "run", fails)
        assert lint.main() == 1
        assert capsys.readouterr().err == "lint: checkov failed with exit code 2: x\n"


def test_the_tables_of_security_are_fresh() -> None:
    """If this fails, run ``make generated``."""
    text = page.PAGE.read_text()
    assert page.page(text) == text
