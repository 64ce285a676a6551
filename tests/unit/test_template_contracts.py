"""What the templates promise each other, and what every one of them keeps to.

Nothing here is launched: a name that two templates must share, or a port, or an export, is read
from both, and which template a stack's parameter leads to is read from config/ as Sceptre would.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import jinja2
import pytest
import yaml

from sentry_oms import names
from sentry_oms.checks.reading import environments
from tests.conftest import ROOT, VARIABLES, template

TEMPLATES = {
    str(path.relative_to(ROOT / "templates")): path
    for path in sorted(ROOT.glob("templates/*/*.json"))
}
CLUSTERS = {path for path in TEMPLATES if path.startswith("compute/ecs-cluster-")}
PIPELINES = {path for path in TEMPLATES if path.startswith("cicd/codepipeline-")}
BOOTSTRAP = {
    "cicd/github-launch-policies.json",
    "cicd/github-oidc-roles.json",
    "cicd/permissions-boundaries.json",
}
"""The account's own, which nothing imports from and which no command of old made."""

NO_VALUE = {"Ref": "AWS::NoValue"}

each_template = pytest.mark.parametrize("path", TEMPLATES)


# What config/ says.


class Tag(NamedTuple):
    """A tag of a stack file: its name, and its argument as YAML has it."""

    name: str
    argument: Any


class Loader(yaml.SafeLoader):
    """Reads a stack file without running its tags, which Sceptre may have taught SafeLoader."""

    yaml_constructors: ClassVar[dict[Any, Any]] = {
        tag: made
        for tag, made in yaml.SafeLoader.yaml_constructors.items()
        if not (tag or "").startswith("!")
    }


def _tag(loader: Loader, suffix: str, node: yaml.Node) -> Tag:
    if isinstance(node, yaml.ScalarNode):
        return Tag(suffix, loader.construct_scalar(node))
    return Tag(suffix, loader.construct_mapping(node, deep=True))


Loader.add_multi_constructor("!", _tag)


def rendered(path: Path, **values: Any) -> dict[str, Any]:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    text = environment.from_string(path.read_text()).render(
        environment_variable=VARIABLES, **values
    )
    loaded: dict[str, Any] = yaml.load(text, Loader)
    return loaded


@dataclass(frozen=True)
class Stack:
    """A stack file, rendered."""

    environment: str
    name: str
    file: dict[str, Any]

    @property
    def path(self) -> str:
        return str(self.file["template"]["path"])

    @property
    def template(self) -> dict[str, Any]:
        return template(self.path)

    @property
    def parameters(self) -> dict[str, Any]:
        return dict(self.file.get("parameters", {}))

    def target(self, parameter: str) -> tuple[Stack, str]:
        """The stack and the output that a parameter's ``!stack_output`` names."""
        tag = self.parameters[parameter]
        assert isinstance(tag, Tag), f"{parameter} is not passed by a tag"
        assert tag.name == "stack_output"
        file, _, output = tag.argument.partition("::")
        return STACKS[file.removesuffix(".yaml")], output

    def tags(self) -> Iterator[Tag]:
        """Every tag of the file: a parameter's, an item's of one, a hook's."""
        places = [*self.parameters.values(), *self.file.get("hooks", {}).values()]
        for place in places:
            for value in place if isinstance(place, list) else [place]:
                if isinstance(value, Tag):
                    yield value


@cache
def stacks() -> dict[str, Stack]:
    shared = rendered(ROOT / "config/config.yaml")
    found = {}
    for group in environments(ROOT):
        settings = ROOT / "config" / group / "config.yaml"
        values = {**shared, **rendered(settings, **shared)}
        for file in sorted(settings.parent.glob("*.yaml")):
            if file != settings:
                environment = settings.parent.name
                found[f"{environment}/{file.stem}"] = Stack(
                    environment, file.stem, rendered(file, **values)
                )
    return found


STACKS = stacks()
TASK_STACKS = {key: stack for key, stack in STACKS.items() if stack.name.startswith("task-")}
PIPELINE_STACKS = {
    key: stack for key, stack in STACKS.items() if stack.name.startswith("pipeline-")
}

each_stack = pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
each_task = pytest.mark.parametrize("stack", TASK_STACKS.values(), ids=TASK_STACKS)
each_pipeline = pytest.mark.parametrize("stack", PIPELINE_STACKS.values(), ids=PIPELINE_STACKS)


# What a template says.


def of_type(loaded: Mapping[str, Any], type_: str) -> dict[str, Any]:
    """A template's resources of a type, by logical ID."""
    return {
        key: resource for key, resource in loaded["Resources"].items() if resource["Type"] == type_
    }


def the(loaded: Mapping[str, Any], type_: str) -> dict[str, Any]:
    """The properties of a template's only resource of a type."""
    (resource,) = of_type(loaded, type_).values()
    return dict(resource["Properties"])


def parts(node: Any, key: str) -> Iterator[Any]:
    """Every value in the template that has the key."""
    if isinstance(node, dict):
        if key in node:
            yield node[key]
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from parts(item, key)


def container(task: Stack) -> dict[str, Any]:
    (found,) = the(task.template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return dict(found)


def ports(task: Stack) -> list[int]:
    return [mapping["ContainerPort"] for mapping in container(task).get("PortMappings", [])]


def target_group(task: Stack) -> dict[str, Any]:
    """The target group of the load balancer's stack that a task's service registers with."""
    (entry,) = the(task.template, "AWS::ECS::Service")["LoadBalancers"]
    parameter, key = imported(entry["TargetGroupArn"]["Fn::ImportValue"])
    alb, _ = task.target(parameter)
    logical_id = alb.template["Outputs"][key]["Value"]["Ref"]
    return dict(alb.template["Resources"][logical_id]["Properties"])


def imported(name: Mapping[str, str]) -> tuple[str, str]:
    """The parameter that names the exporting stack, and the output that it exports."""
    match = re.fullmatch(r"\$\{(\w+StackName)\}-(\w+)", name["Fn::Sub"])
    assert match, f"{name} is no import that can be followed"
    return match[1], match[2]


def statement(loaded: Mapping[str, Any], sid: str) -> dict[str, Any]:
    (found,) = (
        statement
        for statements in parts(loaded, "Statement")
        for statement in statements
        if statement.get("Sid") == sid
    )
    return dict(found)


def substituted(value: Any) -> list[str]:
    """The text of one Fn::Sub, or of each in a list."""
    return [item["Fn::Sub"] for item in (value if isinstance(value, list) else [value])]


def service_of(task: Stack) -> names.Service:
    """Which service a task is about, by what its container is called."""
    (found,) = (service for service in names.SERVICES if service.service == container(task)["Name"])
    return found


def test_there_are_tasks_and_pipelines_of_every_service_to_look_at() -> None:
    """Else what follows would hold of nothing."""
    for environment in {stack.environment for stack in STACKS.values()}:
        tasks = [stack for stack in TASK_STACKS.values() if stack.environment == environment]
        deployed = [
            stack.target("ECSServiceName")[0]
            for stack in PIPELINE_STACKS.values()
            if stack.environment == environment
        ]
        assert {service_of(task) for task in tasks} == {*names.SERVICES}
        assert {task.name for task in deployed} == {task.name for task in tasks}


@each_pipeline
class TestPipeline:
    """A pipeline, and the task and cluster whose names config passes to it."""

    def test_what_it_builds_is_for_the_container_of_the_task(self, stack: Stack) -> None:
        task, output = stack.target("ECSServiceName")
        assert output == "ServiceName"
        variables = the(stack.template, "AWS::CodeBuild::Project")["Environment"]
        (name,) = (
            variable["Value"]
            for variable in variables["EnvironmentVariables"]
            if variable["Name"] == "CONTAINER_NAME"
        )
        assert name == container(task)["Name"]

    def test_it_pushes_to_the_repository_that_the_task_runs_from(self, stack: Stack) -> None:
        task, _ = stack.target("ECSServiceName")
        repository = Tag("ecr_repository_uri", stack.parameters["ECRRepositoryName"])
        assert task.parameters["ECRRepositoryUri"] == repository

    def test_it_deploys_to_the_cluster_of_the_task(self, stack: Stack) -> None:
        task, _ = stack.target("ECSServiceName")
        cluster, output = stack.target("ECSClusterName")
        assert output == "ClusterName"
        assert cluster == task.target("ECSClusterStackName")[0]

    def test_it_may_pass_the_two_roles_of_the_cluster_and_no_other(self, stack: Stack) -> None:
        cluster, _ = stack.target("ECSClusterName")
        roles = of_type(cluster.template, "AWS::IAM::Role").values()
        passed = substituted(statement(stack.template, "PassTaskRoles")["Resource"])
        assert sorted(passed) == sorted(
            f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{role['Properties']['RoleName']['Fn::Sub']}"
            for role in roles
        )
        assert statement(stack.template, "PassTaskRoles")["Condition"] == {
            "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
        }

    def test_it_may_tag_what_it_registers_of_the_tasks_family(self, stack: Stack) -> None:
        task, _ = stack.target("ECSServiceName")
        (family,) = substituted(the(task.template, "AWS::ECS::TaskDefinition")["Family"])
        (tagged,) = substituted(statement(stack.template, "TagNewRevision")["Resource"])
        assert tagged.partition(":task-definition/")[2] == f"{family}:*"

    def test_it_builds_for_the_processor_that_the_task_runs_on(self, stack: Stack) -> None:
        task, _ = stack.target("ECSServiceName")
        platform = the(task.template, "AWS::ECS::TaskDefinition")["RuntimePlatform"]
        machine = the(stack.template, "AWS::CodeBuild::Project")["Environment"]
        assert platform["CpuArchitecture"] == "ARM64"
        assert machine["Type"] == "ARM_CONTAINER"
        assert "aarch64" in machine["Image"]

    def test_a_push_starts_it_only_if_it_changes_the_directory_of_the_image(
        self, stack: Stack
    ) -> None:
        task, _ = stack.target("ECSServiceName")
        directory = stack.template["Parameters"]["SourceDirectory"]["Default"]
        assert directory == service_of(task).image
        (trigger,) = the(stack.template, "AWS::CodePipeline::Pipeline")["Triggers"]
        (push,) = trigger["GitConfiguration"]["Push"]
        assert push["FilePaths"] == {"Includes": [{"Fn::Sub": "${SourceDirectory}/**"}]}
        assert push["Branches"] == {"Includes": [{"Ref": "GitHubBranch"}]}

    def test_a_person_approves_what_goes_to_prod_before_it_is_built(self, stack: Stack) -> None:
        """So that images that nobody approves do not expire the one that runs."""
        source, approve, build, deploy = the(stack.template, "AWS::CodePipeline::Pipeline")[
            "Stages"
        ]
        assert [source["Name"], build["Name"], deploy["Name"]] == ["Source", "Build", "Deploy"]
        condition, approval, otherwise = approve["Fn::If"]
        assert (condition, otherwise) == ("IsProd", NO_VALUE)
        (action,) = approval["Actions"]
        assert action["ActionTypeId"]["Category"] == "Approval"
        assert "#{SourceVariables.CommitId}" in str(action["Configuration"])


EXPECTED_OF_NO_TASK = {
    "MetricName": "CPUUtilization",
    "Statistic": "SampleCount",
    "ComparisonOperator": "LessThanThreshold",
    "Threshold": 1,
    "TreatMissingData": "breaching",
}


@each_task
class TestTask:
    """A task, and what config and the other stacks say of it."""

    def test_config_names_it_as_the_templates_do(self, stack: Stack) -> None:
        cluster, _ = stack.target("ECSClusterStackName")
        environment, service = stack.environment, service_of(stack)
        (cluster_name,) = substituted(the(cluster.template, "AWS::ECS::Cluster")["ClusterName"])
        (service_name,) = substituted(the(stack.template, "AWS::ECS::Service")["ServiceName"])
        told = {
            "repository": names.repository_name(service.image, environment),
            "cluster": cluster_name.replace("${Environment}", environment),
            "service": service_name.replace("${Environment}", environment),
            "container": container(stack)["Name"],
        }
        tags = [tag for tag in stack.tags() if isinstance(tag.argument, dict)]
        about_the_image = [tag for tag in tags if "repository" in tag.argument]
        assert {tag.name for tag in about_the_image} == {
            "ecr_image_tag",
            "desired_count",
            "keep_image",
            "start_service",
        }
        for tag in about_the_image:
            assert {key: tag.argument[key] for key in told} == told

    def test_without_an_image_a_rule_takes_no_count_but_0(self, stack: Stack) -> None:
        rule = stack.template["Rules"]["NoImageNoTasks"]
        assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "ImageTag"}, "none"]}
        (assertion,) = rule["Assertions"]
        assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "DesiredCount"}, "0"]}

    def test_an_alarm_tells_that_no_task_runs_unless_the_service_is_stopped(
        self, stack: Stack
    ) -> None:
        """Each running task gives a sample a minute; without a task there is no data."""
        resources = stack.template["Resources"]
        alarm, scaled = resources["NoTaskAlarm"], resources["ScalableTarget"]
        assert alarm["Condition"] == scaled["Condition"] == "HasAutoScaling"
        properties = alarm["Properties"]
        assert properties["Dimensions"] == resources["CpuAlarm"]["Properties"]["Dimensions"]
        assert {key: properties[key] for key in EXPECTED_OF_NO_TASK} == EXPECTED_OF_NO_TASK

    def test_ecs_moves_tasks_between_zones_unless_that_cuts_connections(self, stack: Stack) -> None:
        service = the(stack.template, "AWS::ECS::Service")
        expected = "DISABLED" if stack.name == "task-websocket" else "ENABLED"
        assert service["AvailabilityZoneRebalancing"] == expected

    def test_its_repository_is_one_and_is_named_by_the_rules(self, stack: Stack) -> None:
        name = names.repository_name(service_of(stack).image, stack.environment)
        tags = [tag for tag in stack.tags() if tag.name.startswith("ecr_repository")]
        assert {tag.name for tag in tags} == {"ecr_repository", "ecr_repository_uri"}
        assert {tag.argument for tag in tags} == {name}

    def test_its_cluster_may_pull_from_the_repository(self, stack: Stack) -> None:
        cluster, _ = stack.target("ECSClusterStackName")
        pulled = substituted(statement(cluster.template, "PullImage")["Resource"])
        repository = names.repository_name(service_of(stack).image, "${Environment}")
        assert repository in [arn.partition(":repository/")[2] for arn in pulled]

    def test_what_listens_is_told_its_port_and_checked_on_it(self, stack: Stack) -> None:
        variables = {
            variable["Name"]: variable["Value"]
            for variable in container(stack)["Environment"]
            if "Name" in variable
        }
        assert [variables[name] for name in variables if name == "PORT"] == [
            str(port) for port in ports(stack)
        ]
        *_, check = container(stack)["HealthCheck"]["Command"]
        assert re.findall(r"':([0-9A-F]{4}) ", check) == [f"{port:04X}" for port in ports(stack)]


HEALTH = {"frontend-admin": "/health", "websocket": "/ws/health"}
SERVED = {key: stack for key, stack in TASK_STACKS.items() if ports(stack)}


@pytest.mark.parametrize("stack", SERVED.values(), ids=SERVED)
class TestServedTask:
    """A task behind the load balancer."""

    def test_its_port_is_the_one_of_its_target_group(self, stack: Stack) -> None:
        (entry,) = the(stack.template, "AWS::ECS::Service")["LoadBalancers"]
        assert entry["ContainerName"] == container(stack)["Name"]
        assert [entry["ContainerPort"]] == ports(stack) == [target_group(stack)["Port"]]

    def test_its_health_path_is_the_one_that_is_asked_of_its_image(self, stack: Stack) -> None:
        path = HEALTH[container(stack)["Name"]]
        assert target_group(stack)["HealthCheckPath"] == path
        definition = stack.template["Resources"]["TaskDefinition"]
        assert f"answer GET {path} there" in definition["Metadata"]["Comment"]


@pytest.mark.parametrize("service", ["frontend-admin", "websocket"])
def test_an_image_keeps_connections_longer_than_the_load_balancer(service: str) -> None:
    """A task that closes an idle connection first makes the load balancer answer 502.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    balancer = the(
        template("networking/alb-frontend.json"), "AWS::ElasticLoadBalancingV2::LoadBalancer"
    )
    attributes = {
        one["Key"]: one["Value"] for one in balancer["LoadBalancerAttributes"] if "Key" in one
    }
    idle = int(attributes["idle_timeout.timeout_seconds"])
    task = template(f"compute/task-definition-{service}.json")
    contract = task["Resources"]["TaskDefinition"]["Metadata"]["Comment"]
    told = re.findall(
        r"open for (\d+) seconds, since the load balancer's idle timeout is (\d+)", contract
    )
    ((kept, stated),) = told
    assert int(stated) == idle < int(kept)
    page = (ROOT / "docs/DEPLOY.md").read_text()
    assert f"| HTTP keep-alive | {kept} s | | {kept} s |" in page
    assert f"keeps an idle connection for {idle} s." in page
    if service == "websocket":
        (ping,) = re.findall(r"ping to every client at least every (\d+) seconds", contract)
        assert int(ping) < idle
        assert f"| WebSocket ping | | | at least every {ping} s |" in page


def test_a_websocket_client_may_come_to_any_task() -> None:
    group = template("networking/alb-frontend.json")["Resources"]["WebSocketTargetGroup"]
    attributes = {one["Key"]: one["Value"] for one in group["Properties"]["TargetGroupAttributes"]}
    assert attributes["stickiness.enabled"] == "false"
    assert attributes["load_balancing.algorithm.type"] == "least_outstanding_requests"


def test_the_health_path_of_the_websocket_service_is_under_its_rule() -> None:
    """Else whoever opens it through the load balancer would ask the front end."""
    (condition,) = the(
        template("networking/alb-frontend.json"), "AWS::ElasticLoadBalancingV2::ListenerRule"
    )["Conditions"]
    assert condition["PathPatternConfig"]["Values"] == ["/ws/*"]
    assert HEALTH["websocket"].startswith("/ws/")


@pytest.mark.parametrize("path", sorted(CLUSTERS))
def test_the_services_of_a_cluster_are_reached_on_their_ports_and_by_nothing_else(
    path: str,
) -> None:
    tasks = [
        stack
        for stack in TASK_STACKS.values()
        if stack.target("ECSClusterStackName")[0].path == path
    ]
    assert tasks
    rules = the(template(path), "AWS::EC2::SecurityGroup").get("SecurityGroupIngress", [])
    assert {(rule["FromPort"], rule["ToPort"]) for rule in rules} == {
        (port, port) for task in tasks for port in ports(task)
    }
    for rule in rules:
        assert rule["SourceSecurityGroupId"] == {"Ref": "ALBSecurityGroupId"}


@each_template
def test_every_service_rolls_a_failed_deployment_back(path: str) -> None:
    for service in of_type(template(path), "AWS::ECS::Service").values():
        configuration = service["Properties"]["DeploymentConfiguration"]
        assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


# Imports, exports and outputs.


@each_template
def test_an_export_is_named_by_the_stack_and_the_output(path: str) -> None:
    outputs = template(path).get("Outputs", {})
    if path not in BOOTSTRAP:
        assert outputs["StackName"]["Value"] == {"Ref": "AWS::StackName"}
    for key, output in outputs.items():
        if "Export" in output:
            assert output["Export"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{key}"}


@each_stack
def test_every_import_is_exported_by_the_stack_that_config_passes(stack: Stack) -> None:
    if stack.path.endswith(".py"):
        return
    for name in parts(stack.template, "Fn::ImportValue"):
        parameter, key = imported(name)
        exporter, output = stack.target(parameter)
        assert output == "StackName"
        assert "Export" in exporter.template["Outputs"].get(key, {}), f"{exporter.path}: {key}"


@each_stack
def test_every_output_that_config_reads_is_there(stack: Stack) -> None:
    for tag in stack.tags():
        if tag.name == "stack_output":
            file, _, output = tag.argument.partition("::")
            assert output in STACKS[file.removesuffix(".yaml")].template["Outputs"], tag.argument


# What every template keeps to.


@each_template
def test_only_clusters_and_pipelines_need_a_capability(path: str) -> None:
    """The seed's commands give none to the others, and CAPABILITY_AUTO_EXPAND to nobody."""
    loaded = template(path)
    types = {resource["Type"] for resource in loaded["Resources"].values()}
    has_iam = any(type_.startswith("AWS::IAM::") for type_ in types)
    assert has_iam == (path in CLUSTERS | PIPELINES | BOOTSTRAP)
    assert "Transform" not in loaded
    assert not list(parts(loaded, "Fn::Transform"))


@each_template
def test_every_file_is_written_as_json_dumps_writes_it(path: str) -> None:
    """Also finds a key that stands twice, which reading drops."""
    text = TEMPLATES[path].read_text()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@each_template
def test_every_parameter_says_what_it_is_and_what_it_takes(path: str) -> None:
    constraints = {"AllowedPattern", "AllowedValues", "MinValue", "MaxValue"}
    for name, parameter in template(path).get("Parameters", {}).items():
        assert parameter.get("Description"), name
        if constraints & parameter.keys():
            assert parameter.get("ConstraintDescription"), name


@each_template
def test_every_parameter_has_a_label_and_a_place_in_one_group(path: str) -> None:
    loaded = template(path)
    if "Parameters" not in loaded:
        assert path in BOOTSTRAP
        return
    interface = loaded["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(loaded["Parameters"])
    assert interface["ParameterLabels"].keys() == loaded["Parameters"].keys()
    labels = [*interface["ParameterLabels"].values()]
    labels += [group["Label"] for group in interface["ParameterGroups"]]
    assert all(label["default"] for label in labels)


@each_template
def test_every_output_says_what_it_is(path: str) -> None:
    for name, output in template(path).get("Outputs", {}).items():
        assert output.get("Description"), name


@each_template
def test_every_alarm_says_why_and_tells_the_topic_when_it_starts_and_ends(path: str) -> None:
    notified = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], NO_VALUE]}
    for name, alarm in of_type(template(path), "AWS::CloudWatch::Alarm").items():
        properties = alarm["Properties"]
        assert properties.get("AlarmDescription"), name
        assert properties.get("TreatMissingData"), name
        assert properties.get("AlarmActions") == notified, name
        assert properties.get("OKActions") == notified, name


BUCKETS = [(path, key) for path in TEMPLATES for key in of_type(template(path), "AWS::S3::Bucket")]


@pytest.mark.parametrize(("path", "key"), BUCKETS)
class TestBucket:
    """Every bucket of every template."""

    def test_it_is_closed_encrypted_and_forgets(self, path: str, key: str) -> None:
        properties = template(path)["Resources"][key]["Properties"]
        assert properties["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }
        (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        rules = properties["LifecycleConfiguration"]["Rules"]
        assert any(r["Status"] == "Enabled" and r["ExpirationInDays"] > 0 for r in rules)

    def test_it_refuses_what_comes_without_tls_and_does_as_long_as_it_lives(
        self, path: str, key: str
    ) -> None:
        resources = template(path)["Resources"]
        (policy,) = (
            resource
            for resource in of_type(template(path), "AWS::S3::BucketPolicy").values()
            if resource["Properties"]["Bucket"] == {"Ref": key}
        )
        for attribute in ("Condition", "DeletionPolicy", "UpdateReplacePolicy"):
            assert policy.get(attribute) == resources[key].get(attribute)
        refusal = statement(policy, "DenyInsecureTransport")
        del refusal["Sid"]
        assert refusal == {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [{"Fn::GetAtt": [key, "Arn"]}, {"Fn::Sub": f"${{{key}.Arn}}/*"}],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }


@pytest.mark.parametrize(
    ("path", "key", "principal"),
    [
        (
            "networking/alb-frontend.json",
            "AccessLogsBucketPolicy",
            "logdelivery.elasticloadbalancing.amazonaws.com",
        ),
        ("networking/vpc-nonprod.json", "FlowLogsBucketPolicy", "delivery.logs.amazonaws.com"),
    ],
)
def test_logs_are_delivered_by_the_principal_that_aws_names(
    path: str, key: str, principal: str
) -> None:
    document = template(path)["Resources"][key]["Properties"]["PolicyDocument"]
    allowed = [s["Principal"] for s in document["Statement"] if s["Effect"] == "Allow"]
    assert allowed
    assert all(admitted == {"Service": principal} for admitted in allowed)


def test_the_firewall_logs_wherever_it_stands_and_redacts_credentials() -> None:
    """WAF takes a log group only by a name that begins with aws-waf-logs-.

    Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    """
    resources = template("networking/alb-frontend.json")["Resources"]
    parts_of_it = ("WebAcl", "WebAclAssociation", "WebAclLogGroup", "WebAclLogging")
    assert {resources[one]["Condition"] for one in parts_of_it} == {"HasFirewall"}
    (name,) = substituted(resources["WebAclLogGroup"]["Properties"]["LogGroupName"])
    assert name == "aws-waf-logs-sentry-${Environment}"
    logging = resources["WebAclLogging"]["Properties"]
    (destination,) = substituted(logging["LogDestinationConfigs"])
    assert destination.endswith(":log-group:${WebAclLogGroup}")
    redacted = [field.get("SingleHeader", {}).get("Name") for field in logging["RedactedFields"]]
    assert {"authorization", "cookie"} <= {*redacted}


@pytest.mark.parametrize("path", sorted(CLUSTERS))
def test_a_cluster_has_no_capacity_provider_that_nobody_uses(path: str) -> None:
    cluster = the(template(path), "AWS::ECS::Cluster")
    used = [one["CapacityProvider"] for one in cluster["DefaultCapacityProviderStrategy"]]
    assert cluster["CapacityProviders"] == used


@each_template
def test_a_dependency_exists_wherever_its_dependent_does(path: str) -> None:
    """AWS does not create a resource if one that it depends on is not created.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-condition.html
    """
    resources = template(path)["Resources"]
    for name, resource in resources.items():
        named = resource.get("DependsOn", [])
        for first in [named] if isinstance(named, str) else named:
            assert resources[first].get("Condition") in (None, resource.get("Condition")), name


def test_the_policy_of_the_access_logs_comes_before_the_load_balancer() -> None:
    """A Ref in Metadata orders like any other, and Fn::If leaves it out with the policy.

    Source: https://cloudonaut.io/optional-dependson-with-cloudformation-metadata-to-the-rescue
    """
    resources = template("networking/alb-frontend.json")["Resources"]
    policy = "AccessLogsBucketPolicy"
    assert resources["LoadBalancer"]["Metadata"]["After"] == {
        "Fn::If": [resources[policy]["Condition"], {"Ref": policy}, ""]
    }


class TestAddressRange:
    """The VPC's: 172.22.0.0/16 is dev's and staging's, 10.x.0.0/16 is anybody's."""

    VPC = "networking/vpc-nonprod.json"

    @pytest.mark.parametrize("cidr", ["", "172.22.0.0/16", "10.0.0.0/16", "10.255.0.0/16"])
    def test_its_two_forms_and_the_environments_own_are_taken(self, cidr: str) -> None:
        assert re.search(template(self.VPC)["Parameters"]["VpcCidr"]["AllowedPattern"], cidr)

    @pytest.mark.parametrize(
        "cidr",
        [
            "172.23.0.0/16",
            "172.22.1.0/16",
            "172.22.0.0/17",
            "172x22x0x0/16",
            "192.168.0.0/16",
            "10.256.0.0/16",
            "10.01.0.0/16",
            "10.1.2.0/16",
            "10.1.0.0/24",
            "10.1.0.0/16 ",
            "110.1.0.0/16",
        ],
    )
    def test_no_other_is(self, cidr: str) -> None:
        pattern = template(self.VPC)["Parameters"]["VpcCidr"]["AllowedPattern"]
        assert not re.search(pattern, cidr)

    def test_prod_has_its_own_and_the_others_share_theirs(self) -> None:
        own = template(self.VPC)["Mappings"]["Network"]
        assert own["dev"]["VpcCidr"] == own["staging"]["VpcCidr"] == "172.22.0.0/16"
        assert re.fullmatch(r"10\.\d+\.0\.0/16", own["prod"]["VpcCidr"])

    def test_prod_refuses_the_others(self) -> None:
        rule = template(self.VPC)["Rules"]["ProdHasItsOwnRange"]
        assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}
        (assertion,) = rule["Assertions"]
        assert assertion["Assert"] == {
            "Fn::Not": [{"Fn::Equals": [{"Ref": "VpcCidr"}, "172.22.0.0/16"]}]
        }


# What every stack file keeps to.


@each_stack
def test_every_stack_file_names_the_stack_bounds_its_time_and_tags_it(stack: Stack) -> None:
    assert stack.file["stack_name"] == names.stack_name(stack.name, stack.environment)
    assert isinstance(stack.file["stack_timeout"], int)
    assert stack.file["stack_timeout"] > 0
    assert stack.file["stack_tags"] == {"Stack": stack.name}


@each_stack
def test_every_template_that_config_names_is_there(stack: Stack) -> None:
    assert (ROOT / "templates" / stack.path).is_file()


def test_every_template_is_used() -> None:
    """But for the rendering of the queues, which is for the seed's command line."""
    used = {stack.path for stack in STACKS.values()}
    files = (ROOT / "config" / names.BOOTSTRAP).glob("*.yaml")
    used |= {
        path for file in files for path in re.findall(r"^  path: (.*)$", file.read_text(), re.M)
    }
    assert TEMPLATES.keys() - used == {"messaging/sqs-queues.json"}


@each_stack
def test_config_passes_what_the_template_takes_and_all_that_it_needs(stack: Stack) -> None:
    """The embedded AWS lets both pass, AWS neither."""
    if stack.path.endswith(".py"):
        return
    taken = stack.template["Parameters"]
    needed = {name for name, parameter in taken.items() if "Default" not in parameter}
    assert needed <= stack.parameters.keys() <= taken.keys()
