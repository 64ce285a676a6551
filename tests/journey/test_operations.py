"""The commands of docs/OPERATIONS.md, run section by section on an AWS with prod launched.

A command that is marked ``# [AWS]`` is not run; the AWS CLI only validates it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hooks.protect_state import policy
from sentry_oms.local.environment import isolated
from tests.conftest import ROOT, EmbeddedAws, Project, push_image
from tests.journey.shell import AWS_CLI, Shell, sections
from tests.readme.page import anchor, headings, links

PAGE = (ROOT / "docs/OPERATIONS.md").read_text()
SECTIONS = sections(PAGE)
MARK = "# [AWS]"
TRADING = "oms_trading_data_prod"


def commands(block: str) -> list[str]:
    """Split a block into commands of one or more lines."""
    return re.findall(r"(?:.*\\\n)*.*\n", block)


def blocks(heading: str) -> list[str]:
    """Return the blocks of a section without the marked commands."""
    return [
        "".join(one for one in commands(block) if MARK not in one) for block in SECTIONS[heading]
    ]


MARKED = [
    command
    for texts in SECTIONS.values()
    for block in texts
    for command in commands(block)
    if MARK in command
]


@pytest.fixture(scope="module")
def shell(
    new_project: Callable[[], Project], aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory
) -> Shell:
    """prod, launched after a launch that failed: the section "A launch failed"."""
    shell = Shell(new_project(), tmp_path_factory.mktemp("bin"))
    status_and_events, go_on = blocks("A launch failed")
    aws.create_table(TRADING)
    assert shell.try_("sceptre launch -y prod").returncode == 1
    said = shell.type(status_and_events)
    assert '"prod/vpc": "CREATE_COMPLETE"' in said
    assert f"{TRADING} already exists" in said
    aws.client("dynamodb").delete_table(TableName=TRADING)
    shell.type(go_on)
    return shell


def test_every_section_with_commands_has_a_test() -> None:
    tested = re.findall(r' = blocks\("([^"]+)"\)', Path(__file__).read_text())
    assert set(tested) == SECTIONS.keys()


def test_every_symptom_links_to_a_section() -> None:
    targets = {link.removeprefix("#") for link in links(PAGE) if link.startswith("#")}
    assert targets
    assert targets <= set(map(anchor, headings(PAGE)))


@pytest.mark.parametrize("command", MARKED, ids=lambda c: " ".join(c.split()[1:3]))
def test_a_command_that_only_aws_can_answer_is_valid(command: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("x" * 64)
    asked = command.replace(MARK, "").replace("aws ", f"{AWS_CLI} ", 1).strip()
    done = subprocess.run(
        ["bash", "-c", f"group=x; {asked} --endpoint-url http://127.0.0.1:9"],
        cwd=tmp_path,
        env={**isolated("http://127.0.0.1:9", os.environ), "AWS_MAX_ATTEMPTS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    # The options were valid, since the CLI went on to connect.
    assert "Could not connect to the endpoint URL" in done.stderr, done.stderr


def test_a_launch_from_github_is_denied(shell: Shell, aws: EmbeddedAws) -> None:
    (go_on,) = blocks("A launch from GitHub is denied")
    shell.type(go_on)
    assert aws.stack("sentry-github-launch-policies")["StackStatus"] == "CREATE_COMPLETE"


def test_a_stack_is_stuck(shell: Shell, aws: EmbeddedAws) -> None:
    stuck, _, _, _, why = blocks("A stack is stuck")
    aws.control(statuses={"sentry-sqs-prod": "UPDATE_ROLLBACK_FAILED"})
    assert "continue-update-rollback" in shell.try_("sceptre launch -y prod/sqs").stdout
    shell.type(stuck)
    aws.control()
    assert aws.stack("sentry-sqs-prod")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert '"taskArns": []' in shell.type(why)


def test_aws_throttles(shell: Shell) -> None:
    (patiently,) = blocks("AWS throttles or does not answer")
    assert "16 unchanged" in shell.type(patiently)


def test_roll_back_a_change(shell: Shell, aws: EmbeddedAws) -> None:
    revert, image = blocks("Roll back a change")
    shell.project.edit("config/config.yaml", "CostCenter: sentry-oms", "CostCenter: another")
    shell.type("git commit -qam second && sceptre launch -y prod")
    assert {"Key": "CostCenter", "Value": "another"} in aws.stack("sentry-sqs-prod")["Tags"]
    assert "16 updated" in shell.type(revert)
    assert {"Key": "CostCenter", "Value": "sentry-oms"} in aws.stack("sentry-sqs-prod")["Tags"]
    assert "sentry-oms-prod:1" in shell.type(image)


def test_an_older_image_runs_after_a_rollback(shell: Shell) -> None:
    look, deploy = blocks("An older image runs after a rollback")
    said = shell.type(look)
    assert '"PRIMARY"' in said
    assert "/sentry/oms-prod:none" in said
    assert "sentry-oms-prod:1" in shell.type(deploy)


def test_stop_trading(shell: Shell, aws: EmbeddedAws) -> None:
    stop, _, keep_stopped, start = blocks("Stop trading")

    def tasks() -> int:
        (found,) = aws.client("ecs").describe_services(
            cluster="sentry-oms-prod", services=["sentry-oms-service-prod"]
        )["services"]
        return int(found["desiredCount"])

    shell.project.edit("config/config.yaml", 'oms_image_tag: ""', "oms_image_tag: v1")
    push_image(aws, "sentry/oms-prod", "v1")
    shell.type(start)
    assert tasks() == 2
    assert shell.type(stop).split() == ["[", "0,", "0", "]"]
    # Unless config says 0, a launch starts it again.
    assert "Starting sentry-oms-service-prod with 2 task(s)" in shell.type(start)
    shell.type(stop)
    shell.project.edit("config/prod/config.yaml", "oms_count: 2", "oms_count: 0")
    assert shell.type(keep_stopped).split()[-5:] == ["[", "0,", "0", "]", "[]"]
    assert tasks() == 0
    shell.project.edit("config/prod/config.yaml", "oms_count: 0", "oms_count: 2")
    assert "Starting sentry-oms-service-prod with 2 task(s) of v1" in shell.type(start)
    assert tasks() == 2


def redis_of_staging(aws: EmbeddedAws) -> tuple[int, str]:
    """Return the number of nodes, and whether failover is enabled."""
    (group,) = (
        one
        for one in aws.client("elasticache").describe_replication_groups()["ReplicationGroups"]
        if "staging" in one["ReplicationGroupId"]
    )
    (nodes,) = group["NodeGroups"]
    return len(nodes["NodeGroupMembers"]), group["AutomaticFailover"]


def test_switch_multi_az(shell: Shell, aws: EmbeddedAws) -> None:
    prepare, switch, primary = blocks("Switch multi_az")
    config = "config/staging/config.yaml"
    shell.type("sceptre launch -y staging/redis")
    (first,) = aws.outputs("sentry-vpc-staging")["NatPublicIps"].split(",")
    shell.project.edit(config, "multi_az: false", "multi_az: prepare")
    said = shell.type(prepare)
    _, second = aws.outputs("sentry-vpc-staging")["NatPublicIps"].split(",")
    assert f"{first},{second}" in said
    assert redis_of_staging(aws) == (2, "disabled")
    shell.project.edit(config, "multi_az: prepare", "multi_az: true")
    assert "2 updated" in shell.type(switch)
    assert aws.outputs("sentry-vpc-staging")["NatPublicIps"] == f"{first},{second}"
    assert redis_of_staging(aws) == (2, "enabled")
    shell.project.edit(config, "multi_az: true", "multi_az: prepare")
    shell.type(switch)
    shell.type(primary)
    shell.project.edit(config, "multi_az: prepare", "multi_az: false")
    assert "2 updated" in shell.type(switch)
    assert aws.outputs("sentry-vpc-staging")["NatPublicIps"] == first
    assert redis_of_staging(aws) == (1, "disabled")


def secret(aws: EmbeddedAws, name: str) -> str:
    return str(aws.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


def test_rotate_a_secret(shell: Shell, aws: EmbeddedAws) -> None:
    fetch, put, back, redis = blocks("Rotate a secret")
    shell.type(fetch)
    file = shell.project.directory / "secret.json"
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text()).keys() == {"app_secret_key"}
    file.write_text('{"app_secret_key": "new"}')
    shell.type(put)
    assert secret(aws, "sentry/prod") == '{"app_secret_key": "new"}'
    assert not file.exists()
    shell.type(back)
    before = secret(aws, "sentry/prod/redis")
    shell.type(redis)
    after = secret(aws, "sentry/prod/redis")
    assert after != before
    assert re.fullmatch(r"[A-Za-z0-9]{64}", after)
    assert not (shell.project.directory / "token").exists()


def test_drain_and_remove_an_exchange(shell: Shell, aws: EmbeddedAws) -> None:
    count, dead_letters, remove, delete = blocks("Drain and remove an exchange")
    sqs = aws.client("sqs")
    dead = sqs.get_queue_url(QueueName="okx-orders-dlq-prod.fifo")["QueueUrl"]
    sqs.send_message(
        QueueUrl=dead, MessageBody="order", MessageGroupId="g", MessageDeduplicationId="1"
    )
    assert '"ApproximateNumberOfMessages": "1"' in shell.type(count)
    shell.project.edit("config/config.yaml", "[bitget, bingx, okx]", "[bitget, bingx]")
    refused = shell.try_(remove)
    assert refused.returncode == 1
    assert "!keep_messages okx-orders-dlq-prod.fifo holds 1 visible" in refused.stdout
    shell.type(dead_letters)
    (kept,) = json.loads((shell.project.directory / "dead-letters.json").read_text())["Messages"]
    assert kept["Body"] == "order"
    assert '"ApproximateNumberOfMessages": "1"' not in shell.type(count)
    shell.type(remove)
    assert not any("Okx" in key for key in aws.outputs("sentry-sqs-prod"))
    shell.type(delete)
    assert not [u for u in sqs.list_queues(MaxResults=1000)["QueueUrls"] if "okx" in u]
    assert "16 unchanged" in shell.type("sceptre launch -y prod")


def test_restore_a_table(shell: Shell, aws: EmbeddedAws) -> None:
    restore, copy_back, own_name = blocks("Restore a table")
    dynamodb = aws.client("dynamodb")
    key: dict[str, Any] = {"pk": {"S": "ORDER#1"}, "sk": {"S": "STATE"}}
    item = {**key, "price": {"N": "1"}}
    dynamodb.put_item(TableName=TRADING, Item=item)
    shell.type(restore)
    dynamodb.delete_item(TableName=TRADING, Key=key)
    shell.type(copy_back)
    assert dynamodb.get_item(TableName=TRADING, Key=key)["Item"] == item
    assert f"{TRADING}_restored" not in dynamodb.list_tables()["TableNames"]
    shell.type(own_name)
    assert dynamodb.describe_table(TableName=TRADING)["Table"]["DeletionProtectionEnabled"] is True


def test_somebody_changed_something_by_hand(shell: Shell, aws: EmbeddedAws) -> None:
    (look,) = blocks("Somebody changed something by hand")
    assert "drift: 1 as launched" in shell.type(look)
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="clients-events-queue-prod")["QueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    try:
        found = shell.try_(look)
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before["Attributes"])
    assert found.returncode == 2
    expected = before["Attributes"]["VisibilityTimeout"]
    named = "drifted: prod/sqs: ClientsEventsQueue (AWS::SQS::Queue) /VisibilityTimeout is 77"
    assert f"{named}, launched as {expected}" in found.stdout
    assert f"{named}, launched as {expected}" in PAGE


def test_break_glass(shell: Shell, aws: EmbeddedAws) -> None:
    lift, back, tables = blocks("Break-glass")
    cloudformation = aws.client("cloudformation")

    def policy_now() -> Any:
        response = cloudformation.get_stack_policy(StackName="sentry-secrets-prod")
        return json.loads(response["StackPolicyBody"])

    shell.type(lift)
    assert policy_now() != policy()
    assert aws.stack("sentry-secrets-prod")["EnableTerminationProtection"] is False
    said = shell.type(back)
    assert said.endswith("true\n")
    assert policy_now() == policy()
    shell.type(tables)
    table = aws.client("dynamodb").describe_table(TableName="oms_config_prod")["Table"]
    assert table["DeletionProtectionEnabled"] is True


def test_take_a_retained_resource_back_into_its_stack(shell: Shell, aws: EmbeddedAws) -> None:
    """Last, since it deletes prod. Stateful resources are retained."""
    prepare, execute = blocks("Take a retained resource back into its stack")
    for name in aws.stack_names():
        aws.client("cloudformation").update_termination_protection(
            StackName=name, EnableTerminationProtection=False
        )
    shell.type("sceptre delete -y prod")
    queues = aws.client("sqs").list_queues(QueueNamePrefix="bingx-orders-queue-prod")["QueueUrls"]
    assert len(queues) == 1
    assert secret(aws, "sentry/prod")
    aws.client("dynamodb").put_item(
        TableName="oms_config_prod", Item={"pk": {"S": "kept"}, "sk": {"S": "x"}}
    )
    refused = shell.try_("sceptre launch -y prod/dynamodb-config")
    assert "CREATE_FAILED: Table oms_config_prod already exists" in refused.stdout
    said = shell.type(prepare)
    assert json.loads(said[said.rindex("[\n    [") :]) == [["Import", "Table", "oms_config_prod"]]
    shell.type(execute)
    stack = aws.stack("sentry-dynamodb-config-prod")
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert stack["EnableTerminationProtection"] is True
    assert "TableArn" in aws.outputs("sentry-dynamodb-config-prod")
    assert aws.client("dynamodb").scan(TableName="oms_config_prod")["Count"] == 1
