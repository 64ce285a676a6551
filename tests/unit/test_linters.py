"""What is ours of ``make lint``: what is given to the judges, and what is made of what they say."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sentry_oms.checks import RULES
from sentry_oms.graph import NoMarkersError
from tests.conftest import ROOT
from tools.lint import __main__ as lint
from tools.lint import accepted, cfn_guard, cfn_lint, checkov, controls, page, tools
from tools.lint.accepted import AcceptanceError
from tools.lint.deployed import GROUPS
from tools.lint.linters import JUDGES, Judge, judged
from tools.lint.report import AS_WRITTEN, Finding, JudgeError, Judgement
from tools.lint.verdict import Verdict
from tools.lint.written import write

REASON = "It is meant to be so."


def bucket(said: Any = None, rule: str = "R1") -> dict[str, Any]:
    """A template with a bucket that accepts a rule."""
    metadata = {"Metadata": {accepted.ACCEPTED: {rule: said}}} if said else {}
    return {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", **metadata}}}


def finding(environment: str = "dev", resource: str = "Bucket", rule: str = "R1") -> Finding:
    return Finding(environment, "stack", resource, rule, "asked")


def verdict(said: Any, findings: Sequence[Finding], rule: str = "R1") -> accepted.Verdict:
    """Of the same bucket in dev and in prod."""
    template = bucket(said, rule)
    return accepted.judge({("dev", "stack"): template, ("prod", "stack"): template}, findings)


class TestAccepted:
    def test_what_nobody_accepts_is_open(self) -> None:
        assert verdict(None, [finding()]) == ((finding(),), (), ())

    def test_what_its_resource_accepts_is_accepted(self) -> None:
        both = (finding("dev"), finding("prod"))
        assert verdict(REASON, both) == ((), both, ())

    def test_another_rule_and_another_resource_stay_open(self) -> None:
        others = (finding(rule="R2"), finding(resource="Other"))
        assert set(verdict(REASON, [*others, finding(), finding("prod")]).open) == set(others)

    def test_several_rules_have_one_reason(self) -> None:
        all_found = [finding(env, rule=rule) for env in ("dev", "prod") for rule in ("R1", "R2")]
        assert verdict(REASON, all_found, "R1 R2")[::2] == ((), ())

    def test_an_acceptance_of_dev_leaves_prod_open(self) -> None:
        said = {"in": ["dev"], "reason": REASON}
        assert verdict(said, [finding("dev"), finding("prod")]) == (
            (finding("prod"),),
            (finding("dev"),),
            (),
        )

    def test_one_that_finds_nothing_to_accept_is_stale(self) -> None:
        assert verdict(REASON, []).stale == (
            "dev/stack Bucket accepts R1, which nothing finds",
            "prod/stack Bucket accepts R1, which nothing finds",
        )

    def test_one_that_finds_nothing_in_one_environment_is_stale_there(self) -> None:
        """Or else what dev does for its price could go missing in prod unseen."""
        assert verdict(REASON, [finding("dev")]).stale == (
            "prod/stack Bucket accepts R1, which nothing finds",
        )

    def test_one_of_an_environment_that_there_is_not_is_stale(self) -> None:
        said = {"in": ["dev", "prd"], "reason": REASON}
        assert verdict(said, [finding("dev")]).stale == (
            "prd/stack Bucket accepts R1, and is not there",
        )

    def test_one_of_an_environment_without_the_resource_is_stale(self) -> None:
        said = {"in": ["dev", "prod"], "reason": REASON}
        templates = {("dev", "stack"): bucket(said), ("prod", "stack"): {"Resources": {}}}
        assert accepted.judge(templates, [finding("dev")]).stale == (
            "prod/stack Bucket accepts R1, and is not there",
        )

    def test_what_a_condition_took_away_in_folding_accepts_nothing(self) -> None:
        templates = {("dev", "stack"): bucket(REASON), ("prod", "stack"): bucket()}
        found = [finding("dev"), finding("prod")]
        assert accepted.judge(templates, found).open == (finding("prod"),)

    def test_a_template_accepts_for_many_resources(self) -> None:
        template: dict[str, Any] = {
            "Metadata": {accepted.ACCEPTED: {"R1": {"resources": "*Queue", "reason": REASON}}},
            "Resources": {"AQueue": {}, "BQueue": {}, "Other": {}},
        }
        found = [finding(resource=name) for name in ("AQueue", "BQueue", "Other")]
        given = {("dev", "stack"): template}
        assert accepted.judge(given, found).open == (finding(resource="Other"),)
        assert accepted.judge(given, found[:1]).stale == (
            "dev/stack BQueue accepts R1, which nothing finds",
        )

    def test_a_pattern_that_names_nothing_is_stale(self) -> None:
        template: dict[str, Any] = {
            "Metadata": {accepted.ACCEPTED: {"R1": {"resources": "*Queue", "reason": REASON}}},
            "Resources": {},
        }
        assert accepted.judge({("dev", "stack"): template}, []).stale == (
            "dev/stack *Queue accepts R1, which nothing finds",
        )

    def test_the_template_as_written_is_spoken_of_by_name_alone(self) -> None:
        key = (AS_WRITTEN, "stack")
        found = [finding(AS_WRITTEN)]
        assert accepted.judge({key: bucket(REASON)}, found).open == tuple(found)
        said = {"in": [AS_WRITTEN], "reason": REASON}
        assert accepted.judge({key: bucket(said)}, found) == ((), tuple(found), ())

    def test_of_what_is_written_nothing_is_read_that_a_condition_decides(self) -> None:
        said = {"Fn::If": ["IsProd", {"Ref": "AWS::NoValue"}, REASON]}
        assert accepted.read(bucket(said)) == []

    def test_an_output_is_named_as_one(self) -> None:
        said = {"resources": ["Outputs.Id"], "reason": REASON}
        template = {
            "Metadata": {accepted.ACCEPTED: {"R1": said}},
            "Resources": {},
            "Outputs": {"Id": {}},
        }
        found = [finding(resource="Outputs.Id")]
        assert accepted.judge({("dev", "stack"): template}, found) == ((), tuple(found), ())

    @pytest.mark.parametrize(
        ("said", "message"),
        [
            ("because", "say the reason in a sentence"),
            ({"in": ["dev"]}, "reason: Field required"),
            ({"reason": REASON, "inn": ["dev"]}, "inn: Extra inputs are not permitted"),
            ({"reason": REASON, "resources": "*"}, "stands beside its resource"),
        ],
    )
    def test_one_that_says_too_little_is_refused(self, said: Any, message: str) -> None:
        with pytest.raises(AcceptanceError, match=rf"^Sentry::Accepted of Bucket, R1: {message}"):
            accepted.read(bucket(said))

    def test_one_of_a_template_must_name_resources(self) -> None:
        template = {"Metadata": {accepted.ACCEPTED: {"R1": REASON}}, "Resources": {}}
        with pytest.raises(AcceptanceError, match=r"of the template, R1: needs 'resources'"):
            accepted.read(template)


class TestWhatIsGiven:
    def test_every_stack_of_every_environment_and_every_template_as_written(self) -> None:
        given = judged()
        for environment in GROUPS:
            stacks = {stack for name, stack in given if name == environment}
            assert stacks == {
                path.stem
                for path in (ROOT / "config" / environment).glob("*.yaml")
                if path.stem != "config"
            }
        assert {stack for name, stack in given if name == AS_WRITTEN} == {
            path.stem for path in (ROOT / "templates").glob("*/*.json")
        }

    def test_folded_templates_hold_no_condition_and_no_parameter(self) -> None:
        for (environment, _), template in judged().items():
            if environment != AS_WRITTEN:
                assert not {"Conditions", "Mappings", "Rules", "Parameters"} & template.keys()
                assert '"Fn::If"' not in json.dumps(template)

    def test_an_alarm_without_action_would_be_seen(self) -> None:
        """The judges are given a topic, so that an alarm that forgets it stands out."""
        template = judged()["dev", "alb"]
        alarms = [one for one in template["Resources"].values() if "Alarm" in one["Type"]]
        assert alarms
        assert all(alarm["Properties"]["AlarmActions"] for alarm in alarms)

    def test_metadata_is_left_out_but_of_what_is_written(self, tmp_path: Path) -> None:
        template = {"Metadata": {"x": 1}, **bucket(REASON)}
        write({("dev", "stack"): template, (AS_WRITTEN, "stack"): template}, tmp_path)
        assert json.loads((tmp_path / "dev/stack.json").read_text()) == bucket()
        assert json.loads((tmp_path / "template/stack.json").read_text()) == template

    @pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*/*")), ids=str)
    def test_no_template_tells_a_tool_in_its_own_way_to_be_silent(self, path: Path) -> None:
        if path.is_file():
            text = path.read_text()
            for key in ("cfn-lint", "cfn_nag", "checkov", "guard"):
                assert f'"{key}": {{' not in text


class TestCfnLint:
    MATCH: ClassVar[dict[str, Any]] = {
        "Filename": "/tmp/x/prod/alb.json",
        "Location": {"Path": ["Resources", "Listener", "Properties"]},
        "Message": "'x' is no port",
        "Rule": {"Id": "E3034", "ShortDescription": "Number in its range"},
    }

    def test_a_match_is_a_finding(self) -> None:
        read = cfn_lint.read([self.MATCH], 3)
        assert read == Judgement(
            3,
            (Finding("prod", "alb", "Listener", "E3034", "'x' is no port"),),
        )

    def test_a_resource_and_a_rule_are_one_finding_in_two_regions(self) -> None:
        again = {**self.MATCH, "Message": "'y' is no port"}
        assert len(cfn_lint.read([self.MATCH, again], 3).findings) == 1

    @pytest.mark.parametrize(
        ("path", "name"),
        [(["Outputs", "Id", "Value"], "Outputs.Id"), (["Parameters"], "Parameters"), ([], "-")],
    )
    def test_what_is_no_resource_has_a_name_too(self, path: list[str], name: str) -> None:
        (found,) = cfn_lint.read([{**self.MATCH, "Location": {"Path": path}}], 3).findings
        assert found.resource == name

    def test_rules_are_counted_as_they_are_listed(self) -> None:
        assert cfn_lint.count("E0000: a\nSays E1234: x\nW1001: b\n\n## I3010: no\n") == 2


class TestCfnGuard:
    BROKEN: ClassVar[dict[str, Any]] = {
        "Rule": {
            "name": "sqs_dlq_check",
            "checks": [
                {
                    "Rule": {
                        "name": "check",
                        "messages": {"custom_message": "\n  [CT.SQS.PR.1]: Require it\n  [FIX]: x"},
                        "checks": [
                            {
                                "Clause": {
                                    "Binary": {
                                        "check": {
                                            "Resolved": {
                                                "to": {"path": "/Resources/Other/Type"},
                                                "from": {"path": "/Resources/Queue/Properties/A"},
                                            }
                                        }
                                    }
                                }
                            },
                            {
                                "Clause": {
                                    "Unary": {
                                        "check": {
                                            "UnResolved": {
                                                "value": {
                                                    "traversed_to": {"path": "/Resources/Second"}
                                                }
                                            }
                                        }
                                    }
                                }
                            },
                        ],
                    }
                }
            ],
        }
    }

    def output(self, *broken: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "/tmp/x/dev/sqs.json",
                "not_compliant": list(broken),
                "compliant": ["a", "b"],
                "not_applicable": ["b", "c", "sqs_dlq_check"],
            }
        ]

    def test_a_rule_is_found_by_its_id_on_the_resources_that_it_looked_at(self) -> None:
        read = cfn_guard.read(self.output(self.BROKEN), 1)
        assert read.rules == 4
        assert [(one.stack, one.resource, one.rule) for one in read.findings] == [
            ("sqs", "Queue", "CT.SQS.PR.1"),
            ("sqs", "Second", "CT.SQS.PR.1"),
        ]

    def test_a_file_that_it_left_out_is_no_file_without_fault(self) -> None:
        with pytest.raises(JudgeError, match="judged 1 of 2 files"):
            cfn_guard.read(self.output(), 2)

    def test_a_rule_that_fails_on_nothing_is_not_passed_over(self) -> None:
        with pytest.raises(JudgeError, match="rule_x fails in dev/sqs on nothing"):
            cfn_guard.read(self.output({"Rule": {"name": "rule_x", "checks": []}}), 1)

    def test_a_machine_that_it_does_not_come_for_is_named(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(tools, "CFN_GUARD", tmp_path)
        monkeypatch.setattr("platform.system", lambda: "Windows")
        with pytest.raises(JudgeError, match="Linux and macOS, and not for Windows"):
            tools.guard_binary()


class TestCheckov:
    CHECK: ClassVar[dict[str, Any]] = {
        "check_id": "CKV_AWS_2",
        "check_name": "Ensure HTTPS",
        "file_path": "/dev/alb.json",
        "resource": "AWS::ElasticLoadBalancingV2::Listener.HttpListener",
    }
    SUMMARY: ClassVar[dict[str, Any]] = {
        "passed": 1,
        "failed": 1,
        "skipped": 0,
        "parsing_errors": 0,
    }

    def test_a_failed_check_is_a_finding_and_both_kinds_were_run(self) -> None:
        passed = {**self.CHECK, "check_id": "CKV_AWS_3"}
        results = {"failed_checks": [self.CHECK], "passed_checks": [passed]}
        assert checkov.read({"results": results, "summary": self.SUMMARY}) == Judgement(
            2,
            (Finding("dev", "alb", "HttpListener", "CKV_AWS_2", "Ensure HTTPS"),),
        )

    def test_where_it_knows_no_resource_it_ran_no_rule(self) -> None:
        assert checkov.read(self.SUMMARY) == Judgement(0, ())

    @pytest.mark.parametrize("key", ["parsing_errors", "skipped"])
    def test_a_file_or_a_check_that_it_left_out_is_no_success(self, key: str) -> None:
        with pytest.raises(JudgeError):
            checkov.read({**self.SUMMARY, key: 1})


class TestTools:
    def test_one_that_is_not_there_is_named(self) -> None:
        with pytest.raises(JudgeError, match=r"there is no /nowhere/tool: `make lint` installs it"):
            tools.run(["/nowhere/tool"], [0])

    def test_one_that_ends_otherwise_is_quoted(self) -> None:
        with pytest.raises(JudgeError, match=r"ended with 3 and said: last"):
            tools.run([sys.executable, "-c", "print('first\\nlast'); exit(3)"], [0, 1])

    def test_one_that_only_complains_did_not_do_its_work(self) -> None:
        complains = "import sys; print('cannot', file=sys.stderr)"
        with pytest.raises(JudgeError, match="said: cannot"):
            tools.run([sys.executable, "-c", complains], [0])

    def test_it_sees_nothing_of_the_shell_and_reaches_nobody(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BC_API_KEY", "secret")
        shown = tools.run([sys.executable, "-c", "import os; print(dict(os.environ))"], [0], A="b")
        assert "secret" not in shown
        assert "'A': 'b'" in shown
        assert f"'HTTPS_PROXY': '{tools.NOWHERE}'" in shown

    def test_what_is_no_json_is_quoted(self) -> None:
        with pytest.raises(JudgeError, match="checkov printed no JSON but: Oops"):
            tools.parsed("checkov", "Oops")

    @pytest.mark.parametrize("name", ["checkov", "node"])
    def test_each_is_pinned(self, name: str) -> None:
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        assert all("==" in line for line in lines if not line.startswith("#"))

    def test_the_package_of_npm_is_pinned_with_its_digest(self) -> None:
        directory = ROOT / "tools/lint"
        named = json.loads((directory / "package.json").read_text())["dependencies"]
        locked = json.loads((directory / "package-lock.json").read_text())["packages"]
        for package, version in named.items():
            assert locked[f"node_modules/{package}"]["version"] == version
            assert locked[f"node_modules/{package}"]["integrity"].startswith("sha512-")


class TestControls:
    @pytest.mark.parametrize("judge", [judge.name for judge in JUDGES])
    def test_each_judge_has_a_fault_that_only_prod_has(self, judge: str) -> None:
        own = [fault for fault in controls.faults() if fault.judge == judge]
        assert any(fault.environments == ("prod",) for fault in own)

    def test_the_fault_of_prod_is_folded_away_in_dev(self) -> None:
        folded = controls.folded()
        dev, prod = (
            folded[name, "prod-only"]["Resources"]["Queue"]["Properties"]
            for name in ("dev", "prod")
        )
        assert (dev["VisibilityTimeout"], prod["VisibilityTimeout"]) == (30, 99999)
        assert "RedrivePolicy" in dev
        assert "RedrivePolicy" not in prod

    def test_a_judge_that_passes_a_fault_is_named(self) -> None:
        unproven = list(controls.unproven("checkov", []))
        assert unproven[1] == (
            "checkov finds CKV_AWS_24 on OpenGroup of bad/prod-only.json in no environment, "
            "and must in prod"
        )

    def test_a_judge_that_finds_it_where_it_is_not_is_named(self) -> None:
        found = [
            Finding(environment, fault.stack, fault.resource, fault.rule, "")
            for fault in controls.faults()
            for environment in fault.environments
        ]
        assert list(controls.unproven("checkov", found)) == []
        everywhere = [*found, Finding("dev", "prod-only", "OpenGroup", "CKV_AWS_24", "")]
        (line,) = controls.unproven("checkov", everywhere)
        assert "in dev, prod, and must in prod" in line

    def test_a_judge_without_a_bad_template_is_not_proven(self) -> None:
        assert list(controls.unproven("new", [])) == ["tools/lint/bad has no fault for new"]


class TestRun:
    """The whole, with a judge that says what the test wants."""

    def run(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        own: Sequence[Finding] = (),
        bad: Sequence[Finding] = (),
        whole: list[str] | None = None,
    ) -> tuple[int, str]:
        def judge(directory: Path) -> Judgement:
            said = bad if directory.name == "bad" else own
            return Judgement(7, said)

        proven = [
            Finding(environment, fault.stack, fault.resource, fault.rule, "")
            for fault in controls.faults()
            if fault.judge == "checkov"
            for environment in fault.environments
        ]
        bad = bad or proven
        monkeypatch.setattr(lint, "JUDGES", (Judge("checkov", judge),))
        monkeypatch.setattr(lint, "VERDICTS", (lambda: Verdict("whole", 3, whole or [], [], []),))
        monkeypatch.setattr(lint, "judged", lambda: {("dev", "stack"): bucket(REASON)})
        code = lint.main()
        return code, capsys.readouterr().out

    def test_nothing_but_what_is_accepted_is_success(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, said = self.run(monkeypatch, capsys, [finding()])
        assert code == 0
        lines = said.splitlines()
        assert lines[0].startswith(f"oms check: {len(RULES)} rules, ")
        assert lines[2] == "checkov: 7 rules, 1 templates, 0 findings, 1 accepted or left out"
        assert lines[3] == "whole: 3 rules, 0 findings, 0 accepted or left out"
        assert lines[4].startswith("0 faults, ")

    def test_what_a_judge_of_the_whole_finds_is_none_either(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, said = self.run(monkeypatch, capsys, [finding()], whole=["prod: too much"])
        assert code == 1
        assert "prod: too much" in said

    @pytest.mark.parametrize(
        ("own", "bad", "message"),
        [
            ([finding(), finding(rule="R2")], [], "dev/stack Bucket R2: asked"),
            ([], [], "dev/stack Bucket accepts R1, which nothing finds"),
            ([finding()], [finding()], "CKV_AWS_24 on OpenGroup"),
        ],
        ids=["a finding", "a stale acceptance", "a bad template that passed"],
    )
    def test_anything_else_is_none(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        own: list[Finding],
        bad: list[Finding],
        message: str,
    ) -> None:
        code, said = self.run(monkeypatch, capsys, own, bad)
        assert code == 1
        assert message in said

    def test_a_judge_that_did_not_work_is_one_line(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fails(_: Path) -> Judgement:
            raise JudgeError("checkov ended with 2")

        monkeypatch.setattr(lint, "JUDGES", (Judge("checkov", fails),))
        assert lint.main() == 1
        assert capsys.readouterr().err == "lint: checkov ended with 2\n"


class TestPage:
    def test_it_is_fresh(self) -> None:
        """Where this fails: ``make generated``."""
        text = page.PAGE.read_text()
        assert page.page(text) == text

    def test_without_markers_it_is_refused(self) -> None:
        with pytest.raises(NoMarkersError, match="there is no '<!-- iam"):
            page.page("# Security")
