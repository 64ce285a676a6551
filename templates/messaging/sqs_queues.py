"""Render the queues of Sentry OMS from the list in config/<env>/sqs.yaml.

In a template with numbered slots (Queue1Name, Queue2Name, ...), removing one renumbers the rest:
CloudFormation would replace every later queue and lose the orders in it. Here a queue's logical ID
comes from its name.

sqs-queues.json beside this file is its rendering for the seed's command and its nine queues. Each
of its QueueNName parameters accepts only the seed's name, so the logical IDs are the same as here.
``make generated`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sentry_oms.cloudformation.templates import Template, handler
from sentry_oms.names import Messaging, Queue, dead_letter_queue_name, queue_name

FOUR_DAYS = 4 * 24 * 3600
FOURTEEN_DAYS = 14 * 24 * 3600
MAX_RECEIVE_COUNT = 5

SEED = Messaging(
    environment="dev",
    exchanges=("bitget", "bingx", "okx"),
    queues=(
        Queue(name="master-order", fifo=True),
        Queue(name="order-execution-polling"),
        Queue(name="clients-events"),
    ),
)
SEED_SLOTS = (
    "master-order",
    "bitget-orders",
    "bitget-filled-orders",
    "bingx-orders",
    "bingx-filled-orders",
    "okx-orders",
    "okx-filled-orders",
    "order-execution-polling",
    "clients-events",
)
"""The queues in the order of the seed's command."""


def render(messaging: Messaging, slots: Mapping[str, str] = MappingProxyType({})) -> Template:
    """Return the template: each queue with its dead-letter queue and alarms, and one policy.

    Args:
        messaging: the queues.
        slots: the parameter with a queue's name, by that name.
    """
    queues = messaging.all_queues
    resources: dict[str, Any] = {}
    for queue in queues:
        slot = slots.get(queue.name)
        resources |= queue_resources(queue, f"${{{slot}}}" if slot else queue.name)
    resources["TransportPolicy"] = transport_policy(queues)
    groups = [
        {"Label": {"default": "Deployment"}, "Parameters": ["Environment", "AlarmTopicArn"]},
    ]
    if slots:
        groups.append({"Label": {"default": "Queues"}, "Parameters": [*slots.values()]})
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Sentry OMS: order queues, their dead-letter queues and alarms",
        "Metadata": {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": groups,
                "ParameterLabels": {
                    "Environment": {"default": "Environment"},
                    "AlarmTopicArn": {"default": "Alarm topic"},
                    **{slot: {"default": f"Queue {name}"} for name, slot in slots.items()},
                },
            },
            "Sentry::Accepted": {
                "CKV_AWS_27": {
                    "resources": "*Queue",
                    "reason": "SSE-SQS encrypts them; the check knows only keys of KMS.",
                }
            },
            "Sentry::PublicOutputs": ["StackName", "*QueueUrl"],
        },
        "Parameters": {
            "Environment": {
                "Type": "String",
                "Description": "The environment that the queues belong to",
                "AllowedValues": ["dev", "staging", "prod"],
                "ConstraintDescription": "must be dev, staging or prod",
            },
            "AlarmTopicArn": {
                "Type": "String",
                "Description": "SNS topic that alarms notify; empty for none",
                "Default": "",
                "AllowedPattern": "^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{9,12}:.+$",
                "ConstraintDescription": "must be empty or the ARN of an SNS topic",
            },
            **{slot: slot_parameter(name) for name, slot in slots.items()},
        },
        "Conditions": {
            "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
            "HasAlarmTopic": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]},
        },
        "Resources": resources,
        "Outputs": {
            "StackName": {
                "Description": "The name of this stack",
                "Value": {"Ref": "AWS::StackName"},
            },
            **{
                f"{queue.logical_id}Url": {
                    "Description": f"URL of the {queue.name} queue",
                    "Value": {"Ref": queue.logical_id},
                }
                for queue in queues
            },
        },
    }


def slot_parameter(name: str) -> dict[str, Any]:
    """Return a parameter with one allowed value, because another would rename the queue."""
    return {
        "Type": "String",
        "Description": f"The {name} queue",
        "Default": name,
        "AllowedValues": [name],
        "ConstraintDescription": f"must be {name}: other queues come from config",
    }


def queue_resources(queue: Queue, given_name: str) -> dict[str, Any]:
    """Return a queue, its dead-letter queue, and an alarm on each.

    Args:
        queue: the queue.
        given_name: its name in Fn::Sub.
    """
    name = queue_name(given_name, "${Environment}", fifo=queue.fifo)
    dead_letter_name = dead_letter_queue_name(given_name, "${Environment}", fifo=queue.fifo)
    return {
        queue.logical_id: stateful_queue(
            {
                **shared_properties(name, queue.fifo),
                "VisibilityTimeout": queue.visibility_timeout,
                # Shorter than in the dead-letter queue, where standard messages keep their age.
                "MessageRetentionPeriod": FOUR_DAYS,
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": [queue.dead_letter_logical_id, "Arn"]},
                    "maxReceiveCount": MAX_RECEIVE_COUNT,
                },
            }
        ),
        f"{queue.logical_id}AgeAlarm": alarm(
            f"A message has waited in {queue.name} for more than {queue.max_age} seconds: "
            "its consumer is down, slow, or fails on it",
            queue.logical_id,
            "ApproximateAgeOfOldestMessage",
            queue.max_age,
        ),
        queue.dead_letter_logical_id: stateful_queue(
            {
                **shared_properties(dead_letter_name, queue.fifo),
                "MessageRetentionPeriod": FOURTEEN_DAYS,
                # Fn::Sub, because Fn::GetAtt would be a circular reference.
                "RedriveAllowPolicy": {
                    "redrivePermission": "byQueue",
                    "sourceQueueArns": [
                        {
                            "Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:"
                            f"${{AWS::AccountId}}:{name}"
                        }
                    ],
                },
            }
        ),
        f"{queue.dead_letter_logical_id}Alarm": alarm(
            f"A message of {queue.name} failed {MAX_RECEIVE_COUNT} times and waits for a person",
            queue.dead_letter_logical_id,
            "ApproximateNumberOfMessagesVisible",
            0,
        ),
    }


def shared_properties(name: str, fifo: bool) -> dict[str, Any]:
    """Return the properties that a queue and its dead-letter queue share."""
    common = {
        "QueueName": {"Fn::Sub": name},
        "SqsManagedSseEnabled": True,
        "ReceiveMessageWaitTimeSeconds": 20,
    }
    if not fifo:
        return common
    return {
        **common,
        "FifoQueue": True,
        "ContentBasedDeduplication": True,
        # High throughput: order and deduplication are per message group.
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }


def stateful_queue(properties: dict[str, Any]) -> dict[str, Any]:
    """Return a queue that is retained in prod."""
    keep_in_prod = {"Fn::If": ["IsProd", "Retain", "Delete"]}
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": keep_in_prod,
        "UpdateReplacePolicy": keep_in_prod,
        "Properties": properties,
    }


def alarm(description: str, queue_id: str, metric: str, threshold: int) -> dict[str, Any]:
    """Return an alarm on one metric of one queue, above ``threshold`` for a minute."""
    notify = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": description,
            "Namespace": "AWS/SQS",
            "MetricName": metric,
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue_id, "QueueName"]}}],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": threshold,
            "TreatMissingData": "notBreaching",
            "AlarmActions": notify,
            "OKActions": notify,
        },
    }


def transport_policy(queues: tuple[Queue, ...]) -> dict[str, Any]:
    """Return one policy for every queue, which denies requests without TLS.

    The resource ``*`` in a queue's policy means that queue.
    """
    return {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [
                {"Ref": logical_id}
                for queue in queues
                for logical_id in (queue.logical_id, queue.dead_letter_logical_id)
            ],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "DenyInsecureTransport",
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "sqs:*",
                        "Resource": "*",
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            },
        },
    }


def seed_template() -> str:
    """Return the rendering for the seed's command, as indented JSON."""
    slots = {name: f"Queue{number}Name" for number, name in enumerate(SEED_SLOTS, start=1)}
    return json.dumps(render(SEED, slots), indent=2) + "\n"


sceptre_handler = handler("sqs", Messaging, render)

if __name__ == "__main__":
    Path(__file__).with_name("sqs-queues.json").write_text(seed_template())
