"""What templates and config owe each other, asserted without an AWS of any kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment, StrictUndefined

from sentry_oms import names
from tests.conftest import ROOT, template
from tests.unit.test_sqs_queues_template import rendered

PATHS = sorted(str(p.relative_to(ROOT / "templates")) for p in ROOT.glob("templates/*/*.json"))
TEMPLATES = {**{path: template(path) for path in PATHS}, "messaging/sqs_queues.py": rendered()}
STACK_FILES = sorted(f for f in ROOT.glob("config/dev/*.yaml") if f.stem != "config")

every_template = pytest.mark.parametrize("body", TEMPLATES.values(), ids=TEMPLATES.keys())
every_stack_file = pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.stem)


class Tag(str):
    """A tag's argument, as far as it is a plain string."""


def stack_config(file: Path) -> dict[str, Any]:
    """A stack file with its variables in place; tags become their arguments."""
    group = yaml.safe_load(
        Environment()
        .from_string((ROOT / "config/config.yaml").read_text())
        .render(environment_variable={})
    )
    own = yaml.safe_load((file.parent / "config.yaml").read_text())
    text = (
        Environment(undefined=StrictUndefined)
        .from_string(file.read_text())
        .render({**group, **own})
    )

    class Loader(yaml.SafeLoader):
        pass

    def construct(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return Tag(loader.construct_scalar(node))
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        assert isinstance(node, yaml.MappingNode)
        return loader.construct_mapping(node, deep=True)

    Loader.add_multi_constructor("!", construct)
    loaded: dict[str, Any] = yaml.load(text, Loader)
    return loaded


def of_type(body: dict[str, Any], type_: str) -> dict[str, dict[str, Any]]:
    return {
        key: resource.get("Properties", {})
        for key, resource in body["Resources"].items()
        if resource["Type"] == type_
    }


def imports(node: Any) -> Iterator[tuple[str, str]]:
    """Each import of a template: the parameter that names the stack, and the output."""
    if isinstance(node, dict):
        if "Fn::ImportValue" in node:
            match = re.fullmatch(r"\$\{(\w+)\}-(\w+)", node["Fn::ImportValue"]["Fn::Sub"])
            assert match, node
            yield match[1], match[2]
        for value in node.values():
            yield from imports(value)
    elif isinstance(node, list):
        for value in node:
            yield from imports(value)


@pytest.mark.parametrize("path", PATHS)
def test_json_is_written_one_way(path: str) -> None:
    text = (ROOT / "templates" / path).read_text()
    assert text == json.dumps(json.loads(text), indent=2) + "\n"


@every_template
def test_every_parameter_is_described_grouped_and_labelled(body: dict[str, Any]) -> None:
    interface = body["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(body["Parameters"])
    assert interface["ParameterLabels"].keys() == body["Parameters"].keys()
    for name, parameter in body["Parameters"].items():
        assert parameter["Description"], name
        if parameter.keys() & {"AllowedPattern", "AllowedValues", "MinValue"}:
            assert parameter["ConstraintDescription"], name


@every_template
def test_every_output_is_described_and_exported_under_its_stacks_name(
    body: dict[str, Any],
) -> None:
    assert next(iter(body["Outputs"])) == "StackName"
    for name, output in body["Outputs"].items():
        assert output["Description"], name
        if "Export" in output:
            assert output["Export"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


@every_template
def test_every_alarm_says_what_it_means_and_whom_it_tells(body: dict[str, Any]) -> None:
    for name, alarm in of_type(body, "AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmDescription"], name
        assert alarm["TreatMissingData"], name
        notify = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
        assert alarm["AlarmActions"] == alarm["OKActions"] == notify, name


@every_template
def test_every_bucket_is_closed_encrypted_and_forgets(body: dict[str, Any]) -> None:
    policies = {
        policy["Bucket"]["Ref"]: policy["PolicyDocument"]["Statement"]
        for policy in of_type(body, "AWS::S3::BucketPolicy").values()
    }
    for name, bucket in of_type(body, "AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        assert bucket["LifecycleConfiguration"]["Rules"], name
        assert any(
            statement["Effect"] == "Deny"
            and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in policies[name]
        ), name


def test_logs_are_delivered_by_the_principals_that_aws_names() -> None:
    def allowed(path: str, policy: str) -> set[str]:
        document = TEMPLATES[path]["Resources"][policy]["Properties"]["PolicyDocument"]
        return {
            statement["Principal"]["Service"]
            for statement in document["Statement"]
            if statement["Effect"] == "Allow"
        }

    assert allowed("networking/alb-frontend.json", "AccessLogsBucketPolicy") == {
        "logdelivery.elasticloadbalancing.amazonaws.com"
    }
    assert allowed("networking/vpc-nonprod.json", "FlowLogsBucketPolicy") == {
        "delivery.logs.amazonaws.com"
    }


@every_stack_file
def test_a_stack_file_is_complete(file: Path) -> None:
    config = stack_config(file)
    assert config["stack_name"] == names.stack_name(file.stem, "dev")
    assert config["stack_timeout"] > 0
    assert config["stack_tags"] == {"Stack": file.stem}
    assert config["template"]["path"] in TEMPLATES


@every_stack_file
def test_what_a_stack_passes_its_template_takes(file: Path) -> None:
    config = stack_config(file)
    declared = TEMPLATES[config["template"]["path"]]["Parameters"]
    assert config["parameters"].keys() <= declared.keys()
    required = {key for key, parameter in declared.items() if "Default" not in parameter}
    assert required <= config["parameters"].keys()


@every_stack_file
def test_what_a_stack_imports_is_exported_where_config_points(file: Path) -> None:
    config = stack_config(file)
    for parameter, output in set(imports(TEMPLATES[config["template"]["path"]])):
        target = str(config["parameters"][parameter]).partition("::")[0]
        exporting = TEMPLATES[stack_config(ROOT / "config" / target)["template"]["path"]]
        assert "Export" in exporting["Outputs"][output], (parameter, output)


@every_stack_file
def test_what_a_stack_reads_of_another_is_among_its_outputs(file: Path) -> None:
    for value in stack_config(file)["parameters"].values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Tag) and "::" in one:
                target, output = one.split("::")
                outputs = TEMPLATES[stack_config(ROOT / "config" / target)["template"]["path"]]
                assert output in outputs["Outputs"], one


@pytest.mark.parametrize("one", names.SERVICES, ids=lambda one: one.service)
class TestService:
    """A service's task, cluster and pipeline mean the same names."""

    def task(self, one: names.Service) -> dict[str, Any]:
        return TEMPLATES[f"compute/task-definition-{one.service}.json"]

    def pipeline(self, one: names.Service) -> dict[str, Any]:
        return TEMPLATES[f"cicd/codepipeline-{one.service.removesuffix('-admin')}.json"]

    def container(self, one: names.Service) -> dict[str, Any]:
        (task,) = of_type(self.task(one), "AWS::ECS::TaskDefinition").values()
        (container,) = task["ContainerDefinitions"]
        return dict(container)

    def test_the_pipeline_deploys_to_the_tasks_container(self, one: names.Service) -> None:
        (project,) = of_type(self.pipeline(one), "AWS::CodeBuild::Project").values()
        variables = {v["Name"]: v["Value"] for v in project["Environment"]["EnvironmentVariables"]}
        assert variables["CONTAINER_NAME"] == self.container(one)["Name"] == one.service

    def test_it_builds_for_the_tasks_processor(self, one: names.Service) -> None:
        (project,) = of_type(self.pipeline(one), "AWS::CodeBuild::Project").values()
        (task,) = of_type(self.task(one), "AWS::ECS::TaskDefinition").values()
        assert project["Environment"]["Type"] == "ARM_CONTAINER"
        assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"

    def test_pipeline_task_and_tags_mean_one_repository(self, one: names.Service) -> None:
        short = one.service.removesuffix("-admin")
        repository = names.repository_name(one.image, "dev")
        task = stack_config(ROOT / f"config/dev/task-{short}.yaml")["parameters"]
        pipeline = stack_config(ROOT / f"config/dev/pipeline-{short}.yaml")["parameters"]
        assert pipeline["ECRRepositoryName"] == task["ECRRepositoryUri"] == repository
        assert task["ImageTag"] == task["DesiredCount"]
        assert task["ImageTag"] == {
            "repository": repository,
            "cluster": names.cluster_name(one.cluster, "dev"),
            "service": names.service_name(one.service, "dev"),
            "container": one.service,
            "newest": True,
            "tag": "",
        }

    def test_the_pipeline_passes_on_the_clusters_two_roles_only(self, one: names.Service) -> None:
        cluster = TEMPLATES[f"compute/ecs-cluster-{one.cluster}.json"]
        roles = {
            role["RoleName"]["Fn::Sub"] for role in of_type(cluster, "AWS::IAM::Role").values()
        }
        statements = [
            statement
            for role in of_type(self.pipeline(one), "AWS::IAM::Role").values()
            for policy in role["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            if "iam:PassRole" in statement["Action"]
        ]
        (statement,) = statements
        passed = {one["Fn::Sub"].rpartition("role/")[2] for one in statement["Resource"]}
        assert passed == roles
        assert statement["Condition"] == {
            "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
        }

    def test_the_pipeline_may_tag_the_tasks_family(self, one: names.Service) -> None:
        (task,) = of_type(self.task(one), "AWS::ECS::TaskDefinition").values()
        family = task["Family"]["Fn::Sub"]
        assert f"task-definition/{family}:*" in json.dumps(self.pipeline(one))

    def test_a_deployment_that_fails_is_rolled_back(self, one: names.Service) -> None:
        (service,) = of_type(self.task(one), "AWS::ECS::Service").values()
        breaker = service["DeploymentConfiguration"]["DeploymentCircuitBreaker"]
        assert breaker == {"Enable": True, "Rollback": True}

    def test_no_image_goes_with_no_task_by_a_rule(self, one: names.Service) -> None:
        rule = self.task(one)["Rules"]["NoImageNoTasks"]
        assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "ImageTag"}, "none"]}
        (assertion,) = rule["Assertions"]
        assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "DesiredCount"}, "0"]}


def test_containers_target_groups_and_security_groups_agree_on_ports() -> None:
    def port(service: str) -> int:
        body = TEMPLATES[f"compute/task-definition-{service}.json"]
        (task,) = of_type(body, "AWS::ECS::TaskDefinition").values()
        (mapping,) = task["ContainerDefinitions"][0]["PortMappings"]
        return int(mapping["ContainerPort"])

    groups = of_type(
        TEMPLATES["networking/alb-frontend.json"], "AWS::ElasticLoadBalancingV2::TargetGroup"
    )
    (security,) = of_type(
        TEMPLATES["compute/ecs-cluster-gateway.json"], "AWS::EC2::SecurityGroup"
    ).values()
    ports = {port("frontend-admin"), port("websocket")}
    assert groups["FrontendTargetGroup"]["Port"] == port("frontend-admin")
    assert groups["WebSocketTargetGroup"]["Port"] == port("websocket")
    assert {rule["FromPort"] for rule in security["SecurityGroupIngress"]} == ports


def test_a_push_starts_the_pipeline_of_its_directory_alone() -> None:
    directories = set()
    for name in ("frontend", "oms", "websocket"):
        body = TEMPLATES[f"cicd/codepipeline-{name}.json"]
        (pipeline,) = of_type(body, "AWS::CodePipeline::Pipeline").values()
        (push,) = pipeline["Triggers"][0]["GitConfiguration"]["Push"]
        assert push["FilePaths"]["Includes"] == [{"Fn::Sub": "${SourceDirectory}/**"}]
        directories.add(body["Parameters"]["SourceDirectory"]["Default"])
    assert directories == {one.image for one in names.SERVICES}


def test_prod_is_deployed_by_a_persons_word() -> None:
    for name in ("frontend", "oms", "websocket"):
        body = TEMPLATES[f"cicd/codepipeline-{name}.json"]
        (pipeline,) = of_type(body, "AWS::CodePipeline::Pipeline").values()
        condition, approval, otherwise = pipeline["Stages"][2]["Fn::If"]
        assert (condition, otherwise) == ("IsProd", {"Ref": "AWS::NoValue"})
        assert approval["Actions"][0]["ActionTypeId"]["Category"] == "Approval"
