"""Values that only AWS knows are unknown to every rule, and to the linters of templates."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from sceptre.resolvers.stack_output import StackOutputExternal

from sentry_oms.checks import check_project
from sentry_oms.offline.project import Project as Read
from sentry_oms.offline.reading import read_environment
from tests.conftest import ROOT, VARIABLES, Project
from tests.unit.test_cfn_lint_rules import reported

TOPIC = """
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Other: {Type: AWS::IoT::Thing}
Outputs:
  TopicArn: {Value: !Ref Topic}
  Unlisted: {Value: !GetAtt Other.Arn}
  Imported: {Value: !ImportValue another-project}
Metadata: {"Sentry::PublicOutputs": ["*"]}
"""


@pytest.fixture(scope="module")
def dev() -> Read:
    with patch.dict(os.environ, VARIABLES):
        read = read_environment(ROOT, "dev")
        assert check_project(read) == []
    return read


@pytest.mark.parametrize(
    ("stack", "parameter"),
    [
        ("cluster-oms", "Environment"),
        ("cluster-oms", "SQSQueueNames"),
        ("pipeline-oms", "ECSServiceName"),
        ("secrets", "Environment"),
        ("sqs", "Environment"),
        ("task-oms", "ECSClusterStackName"),
    ],
)
def test_a_parameter_from_another_project_causes_no_finding(
    dev: Read, stack: str, parameter: str
) -> None:
    file = dev.known[f"dev/{stack}"]
    from_outside = {parameter: StackOutputExternal("other::Output", file.stack)}
    with (
        patch.dict(os.environ, VARIABLES),
        patch.dict(vars(file), parameters={**file.parameters, **from_outside}),
    ):
        # The stack no longer waits for one of this project.
        assert {one.code for one in check_project(replace(dev))} <= {"OMS034"}


@pytest.mark.parametrize("output", ["TopicArn", "Unlisted", "Imported"])
def test_an_alarm_topic_may_come_from_a_stack(tmp_path: Path, output: str) -> None:
    project = Project(tmp_path, {})
    (tmp_path / "templates/topic.yaml").write_text(TOPIC)
    for environment in ("dev", "staging", "prod"):
        (tmp_path / f"config/{environment}/alarms.yaml").write_text(
            "template: {path: topic.yaml}\nstack_timeout: 5\n"
            "stack_name: sentry-alarms-{{ environment }}\n"
        )
    for stack in ("alb", "vpc"):
        project.edit(
            f"config/dev/{stack}.yaml",
            'AlarmTopicArn: "{{ alarm_topic_arn }}"',
            f"AlarmTopicArn: !stack_output {{{{ environment }}}}/alarms.yaml::{output}",
        )
    with patch.dict(os.environ, VARIABLES):
        read = read_environment(tmp_path, "dev")
        codes = {one.code for one in check_project(read)}
    alarms = [one for one in read.of_kind("AWS::CloudWatch::Alarm") if "alb" in one.file.name]
    assert alarms
    assert all(one.properties["AlarmActions"] for one in alarms)
    # cfn-lint would take a default for the value.
    parameters = read.deployed["dev/alb"].get("Parameters", {})
    assert "Default" not in parameters.get("AlarmTopicArn", {})
    # An import of another project is against this one's house rules.
    assert codes <= {"OMS033"}
    assert reported(read.deployed["dev/alb"]) | reported(read.deployed["dev/vpc"]) == set()
