"""In another project, the check reports only what AWS or Sceptre would refuse.

The stacks are of the kinds that Sceptre's users have; CloudFormation accepts each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sceptre.context import SceptreContext
from sceptre.plan.plan import SceptrePlan

from sentry_oms.checks import check_environment, check_stacks
from tests.conftest import Project

HANDLE = "  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}\n"
WAIT = f"Resources:\n{HANDLE}"
ONE = "Parameters:\n  One: {Type: String%s}\n"
TAKES_ONE = ONE % "" + WAIT
OUTPUTS = "Outputs:\n  Name: {Value: !Ref AWS::StackName}\n"
ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref One
      AssumeRolePolicyDocument: {Statement: []}
"""
QUEUE = "  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: %s}}\n"

STACKS: Mapping[str, tuple[str, str]] = {
    "plain": ("", WAIT + OUTPUTS),
    "without-name-and-timeout": ("stack_tags: {team: a}\n", WAIT),
    "document-mark": ("", f"---\n{WAIT}"),
    "empty-properties": (
        "",
        "Resources:\n  Handle:\n    Type: AWS::CloudFormation::WaitConditionHandle\n"
        "    Properties:\n",
    ),
    "role": ("parameters: {One: a-role}\n", TAKES_ONE.replace(HANDLE, ROLE)),
    "unread-output": ("", WAIT + OUTPUTS + "  Other: {Value: x, Export: {Name: unread}}\n"),
    "import-of-another-project": (
        "",
        "Resources:\n" + QUEUE % "!ImportValue network-QueueName",
    ),
    "reads-output": ("parameters: {One: !stack_output all/plain.yaml::Name}\n", TAKES_ONE),
    "reads-another-project": (
        "parameters: {One: !stack_output_external other::Name}\n",
        TAKES_ONE.replace("{Type: String}", "{Type: String, AllowedPattern: 'arn:.*'}"),
    ),
    "joins": ("parameters: {One: !join ['-', [!environment_variable A, b]]}\n", TAKES_ONE),
    "no-value": ("parameters: {One: !no_value }\n", WAIT),
    "stored-value": (
        "parameters: {One: /network/queue}\n",
        "Parameters:\n  One: {Type: 'AWS::SSM::Parameter::Value<String>'}\n"
        "Resources:\n" + QUEUE % "!Ref One",
    ),
    "dynamic-reference": ("", "Resources:\n" + QUEUE % "'{{resolve:ssm:/a/b}}'"),
    "dynamic-parameter": (
        "parameters: {One: '{{ \"{{resolve:ssm:/a/b:1}}\" }}'}\n",
        ONE % ", AllowedPattern: '[a-z]*'" + WAIT,
    ),
    "java-pattern": ("parameters: {One: c}\n", ONE % ", AllowedPattern: '[a-z&&[^ab]]'" + WAIT),
    "list-length": (
        "parameters: {One: [aa, bb, cc]}\n",
        "Parameters:\n  One: {Type: CommaDelimitedList, MaxLength: 3}\n" + WAIT,
    ),
    "left-out-resource": (
        'parameters: {One: ""}\n',
        ONE % ""
        + "Conditions: {Is: !Not [!Equals [!Ref One, '']]}\nResources:\n"
        + HANDLE
        + (QUEUE % "!Ref One").replace("{Type", "{Condition: Is, Type"),
    ),
    "left-out-lookup": (
        "parameters: {One: ''}\n",
        ONE % ""
        + "Conditions: {Is: !Not [!Equals [!Ref One, '']]}\n"
        + "Mappings: {M: {a: {b: c}}}\nResources:\n"
        + HANDLE
        + (QUEUE % "!FindInMap [M, !Ref One, b]").replace("{Type", "{Condition: Is, Type"),
    ),
    "either-of-two": (
        "parameters: {One: !stack_attr region}\n",
        ONE % ""
        + "Conditions: {Is: !Equals [!Ref One, a], IsNot: !Not [!Condition Is]}\nResources:\n"
        + (QUEUE % "either").replace("{Type", "{Condition: Is, Type")
        + (QUEUE % "either").replace("Queue: {Type", "Other: {Condition: IsNot, Type"),
    ),
    "serverless": (
        "",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n"
        "  Function: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}\n",
    ),
    "loops": (
        "",
        "Transform: AWS::LanguageExtensions\nResources:\n"
        "  Fn::ForEach::Queues:\n    - Name\n    - [A, B]\n    - Queue${Name}:\n"
        "        Type: AWS::SQS::Queue\n"
        "Outputs:\n  Fn::ForEach::Names:\n    - Name\n    - [A, B]\n    - Url${Name}:\n"
        "        Value: !Ref {Ref: Name}\n",
    ),
    "reads-loop": ("parameters: {One: !stack_output all/loops.yaml::UrlA}\n", TAKES_ONE),
    "includes": (
        "",
        "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://a/b}}\n",
    ),
    "nested": (
        "",
        "Resources:\n  Nested:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: 'https://a.s3.amazonaws.com/b', Parameters: {A: b}}\n"
        "Outputs: {Arn: {Value: !GetAtt Nested.Outputs.Arn}}\n",
    ),
    "custom": (
        "",
        "Resources:\n  Custom: {Type: Custom::Thing, Properties: {ServiceToken: a}}\n"
        "Outputs: {Arn: {Value: !GetAtt Custom.Arn}}\n",
    ),
    "reads-nested": (
        "parameters: {One: !stack_output all/nested.yaml::Arn}\n",
        ONE % ", AllowedPattern: 'arn:.*'" + WAIT,
    ),
    "reads-custom": (
        "parameters: {One: !stack_output all/custom.yaml::Arn}\n",
        ONE % ", AllowedPattern: 'arn:.*'" + WAIT,
    ),
    "tagged": ("stack_tags: {owner: 'a, b (c) & d'}\n", WAIT),
    "certificate-of-cloudfront": (
        "parameters: {One: 'arn:aws:acm:us-east-1:123456789012:certificate/a'}\n",
        TAKES_ONE,
    ),
    "bucket-of-resolver": ("template_bucket_name: !stack_output all/plain.yaml::Name\n", WAIT),
    "ignored": ("ignore: true\n", TAKES_ONE),
    "obsolete": ("obsolete: true\nstack_name: other-all-plain\n", TAKES_ONE),
    "one-name-a": ("stack_name: renamed\n", WAIT),
    "one-name-b": ("stack_name: renamed\ndependencies: [all/one-name-a.yaml]\n", WAIT),
    "region-a": ("", "Resources:\n" + QUEUE % "regional"),
    "region-b": ("region: us-gov-west-1\n", "Resources:\n" + QUEUE % "regional"),
    "account-a": ("", WAIT + "Outputs: {A: {Value: a, Export: {Name: shared}}}\n"),
    "account-b": (
        "sceptre_role: 'arn:aws:iam::123456789012:role/a'\n",
        WAIT + "Outputs: {A: {Value: a, Export: {Name: shared}}}\n",
    ),
}
"""By name: what the stack file has beside its template, and the template."""

NEEDS_OTHERS = """
def sceptre_handler(user_data):
    raise RuntimeError("all/plain has no output yet")
"""

FILES = {
    "config/config.yaml": "project_code: other\nregion: eu-west-1\nexecutor: ready_queue\n",
    **{
        f"config/all/{name}.yaml": f"template: {{path: {name}.yaml}}\n{more}"
        for name, (more, _) in STACKS.items()
    },
    **{f"templates/{name}.yaml": template for name, (_, template) in STACKS.items()},
    "config/all/hook.yaml": (
        "template: {path: written.yaml}\nhooks: {before_launch: [!cmd 'make written.yaml']}\n"
    ),
    "config/all/python.yaml": "template: {path: read.py}\ndependencies: [all/plain.yaml]\n",
    "templates/read.py": NEEDS_OTHERS,
}


@pytest.fixture
def other(tmp_path: Path) -> Project:
    return Project(tmp_path, {}, FILES)


def test_a_misspelt_region_is_reported_once_where_it_is_set(other: Project) -> None:
    other.edit("config/config.yaml", "region: eu-west-1", "region: eu-wst-1")
    (finding,) = check_environment(other.directory, "all")
    assert (finding.code, finding.file, finding.line) == ("OMS014", "config/config.yaml", 2)
    accepted = "region: eu-wst-1  # oms: accept OMS014: It is newer than botocore."
    other.edit("config/config.yaml", "region: eu-wst-1", accepted)
    assert check_environment(other.directory, "all") == []


def test_the_check_renders_templates_of_its_own(other: Project) -> None:
    """A launch renders a template after the hooks before it, which may write it."""
    plan = SceptrePlan(SceptreContext(str(other.directory), "all/plain.yaml"))
    plan.resolve("launch")
    (stack,) = plan
    assert check_stacks([stack]) == []
    assert stack._template is None


def found(project: Project) -> dict[str, Any]:
    """Return the findings of both ways to check, by file."""
    plan = SceptrePlan(SceptreContext(str(project.directory), "all"))
    plan.resolve("launch")
    every = [*check_environment(project.directory, "all"), *check_stacks(plan)]
    return {one.file: str(one) for one in every}


def test_stacks_that_cloudformation_accepts_have_no_findings(other: Project) -> None:
    assert found(other) == {}
