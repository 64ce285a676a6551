"""Conventions of templates that neither `oms check` nor a linter verifies."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sentry_oms import names
from sentry_oms.offline.reading import read_environment
from tests.conftest import ROOT, template
from tests.unit.template_parts import of_type, statement
from tools.lint.deployed import GROUPS, VARIABLES

TEMPLATES = {
    str(path.relative_to(ROOT / "templates")): path
    for path in sorted(ROOT.glob("templates/*/*.json"))
}

each_template = pytest.mark.parametrize("path", TEMPLATES)


@each_template
def test_a_template_is_formatted_like_json_dumps(path: str) -> None:
    """This also finds duplicate keys, which a JSON parser drops."""
    text = TEMPLATES[path].read_text()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@each_template
def test_the_parameter_environment_has_no_default(path: str) -> None:
    environment = template(path).get("Parameters", {}).get("Environment")
    if path.startswith("cicd/") and "codepipeline" not in path:
        assert environment is None
        return
    assert environment["AllowedValues"] == [*names.ENVIRONMENTS]
    assert "Default" not in environment


@each_template
def test_exports_are_named_by_stack_and_output(path: str) -> None:
    outputs = template(path).get("Outputs", {})
    if "Environment" in template(path).get("Parameters", {}):
        assert outputs["StackName"]["Value"] == {"Ref": "AWS::StackName"}
    for key, output in outputs.items():
        if "Export" in output:
            assert output["Export"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{key}"}


@each_template
def test_parameters_and_outputs_are_described(path: str) -> None:
    loaded = template(path)
    constraints = {"AllowedPattern", "AllowedValues", "MinValue", "MaxValue"}
    for name, parameter in loaded.get("Parameters", {}).items():
        assert parameter.get("Description"), name
        if constraints & parameter.keys():
            assert parameter.get("ConstraintDescription"), name
    for name, output in loaded.get("Outputs", {}).items():
        assert output.get("Description"), name


@pytest.mark.parametrize("path", [path for path in TEMPLATES if "Parameters" in template(path)])
def test_every_parameter_has_a_label_and_one_group(path: str) -> None:
    loaded = template(path)
    interface = loaded["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(loaded["Parameters"])
    assert interface["ParameterLabels"].keys() == loaded["Parameters"].keys()


@each_template
def test_every_alarm_is_described_and_notifies_the_topic(path: str) -> None:
    topic: list[Any] = ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]
    for name, alarm in of_type(template(path), "AWS::CloudWatch::Alarm").items():
        properties = alarm["Properties"]
        assert properties.get("AlarmDescription"), name
        assert properties.get("TreatMissingData"), name
        assert properties["AlarmActions"] == properties["OKActions"] == {"Fn::If": topic}, name


@each_template
def test_every_bucket_uses_sse_s3_and_has_a_policy_that_requires_tls(path: str) -> None:
    """Load balancers and flow logs can't write to a bucket under a customer-managed key."""
    loaded = template(path)
    policies = of_type(loaded, "AWS::S3::BucketPolicy").values()
    for key, bucket in of_type(loaded, "AWS::S3::Bucket").items():
        encryption = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert encryption == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        (policy,) = (one for one in policies if one["Properties"]["Bucket"] == {"Ref": key})
        for attribute in ("Condition", "DeletionPolicy", "UpdateReplacePolicy"):
            assert policy.get(attribute) == bucket.get(attribute)
        denied = statement(policy, "DenyInsecureTransport")
        assert denied["Resource"] == [
            {"Fn::GetAtt": [key, "Arn"]},
            {"Fn::Sub": f"${{{key}.Arn}}/*"},
        ]
        assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:*")
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@each_template
def test_a_dependency_exists_if_its_dependent_does(path: str) -> None:
    """AWS does not create a resource if one that it depends on is not created.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-condition.html
    """
    resources = template(path)["Resources"]
    for name, resource in resources.items():
        named = resource.get("DependsOn", [])
        for first in [named] if isinstance(named, str) else named:
            assert resources[first].get("Condition") in (None, resource.get("Condition")), name


def test_the_access_log_policy_is_created_before_the_load_balancer() -> None:
    """A Ref in Metadata orders like any other Ref, and Fn::If drops it with the policy.

    Source: https://cloudonaut.io/optional-dependson-with-cloudformation-metadata-to-the-rescue
    """
    resources = template("networking/alb-frontend.json")["Resources"]
    policy = "AccessLogsBucketPolicy"
    assert resources["LoadBalancer"]["Metadata"]["After"] == {
        "Fn::If": [resources[policy]["Condition"], {"Ref": policy}, ""]
    }


ALLOWED = ("", "172.22.0.0/16", "10.0.0.0/16", "10.255.0.0/16")
REFUSED = (
    *("172.23.0.0/16", "172.22.1.0/16", "172.22.0.0/17", "172x22x0x0/16", "192.168.0.0/16"),
    *("10.256.0.0/16", "10.01.0.0/16", "10.1.2.0/16", "10.1.0.0/24", "10.1.0.0/16 "),
    "110.1.0.0/16",
)


@pytest.mark.parametrize("cidr", [*ALLOWED, *REFUSED])
def test_a_vpc_has_one_of_two_address_ranges(cidr: str) -> None:
    parameters = template("networking/vpc-nonprod.json")["Parameters"]
    assert bool(re.search(parameters["VpcCidr"]["AllowedPattern"], cidr)) is (cidr in ALLOWED)


def test_stack_files_have_their_name_as_a_tag_and_use_every_template(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The checked-in rendering of the queues is only for the seed's command line."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    files = [file for group in GROUPS for file in read_environment(ROOT, group).stacks]
    assert all(file.stack.tags["Stack"] == Path(file.name).name for file in files)
    used = {file.template_source.file.removeprefix("templates/") for file in files}
    assert TEMPLATES.keys() - used == {"messaging/sqs-queues.json"}
