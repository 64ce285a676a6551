"""The queues of Sentry OMS, rendered from the list in config/<env>/sqs.yaml.

A template with numbered slots (Queue1Name, Queue2Name, ...) renumbers when one is taken out, and
CloudFormation would then replace every queue after it and lose the orders in them. Here a queue's
logical ID comes from its name.
"""

from __future__ import annotations

from typing import Any

from sentry_oms.names import Messaging, Queue
from sentry_oms.templates import Template, handler

FOURTEEN_DAYS = 14 * 24 * 3600
MAX_RECEIVE_COUNT = 5


def render(messaging: Messaging) -> Template:
    """The whole template: each queue with its dead-letter queue, its alarms, and one policy."""
    queues = messaging.all_queues
    resources: dict[str, Any] = {}
    for queue in queues:
        resources |= queue_resources(queue)
    resources["TransportPolicy"] = transport_policy(queues)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Sentry OMS: order queues, their dead-letter queues and alarms",
        "Metadata": {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {
                        "Label": {"default": "Deployment"},
                        "Parameters": ["Environment", "AlarmTopicArn"],
                    }
                ],
                "ParameterLabels": {
                    "Environment": {"default": "Environment"},
                    "AlarmTopicArn": {"default": "Alarm topic"},
                },
            }
        },
        "Parameters": {
            "Environment": {
                "Type": "String",
                "Description": "The environment that the queues belong to",
                "AllowedValues": ["dev", "staging", "prod"],
            },
            "AlarmTopicArn": {
                "Type": "String",
                "Description": "SNS topic that alarms notify; empty for none",
                "Default": "",
                "AllowedPattern": "^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{9,12}:.+$",
                "ConstraintDescription": "must be empty or the ARN of an SNS topic",
            },
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


def queue_resources(queue: Queue) -> dict[str, Any]:
    """A queue, what it fails into, and the two alarms that watch them."""
    name = queue.full_name("${Environment}")
    dead_letter_name = queue.dead_letter_name("${Environment}")
    return {
        queue.logical_id: stateful_queue(
            {
                **typed(name, queue.fifo),
                "VisibilityTimeout": queue.visibility_timeout,
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
                **typed(dead_letter_name, queue.fifo),
                "MessageRetentionPeriod": FOURTEEN_DAYS,
                # By Fn::Sub, since Fn::GetAtt would point both ways round.
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


def typed(name: str, fifo: bool) -> dict[str, Any]:
    """The properties that a queue and its dead-letter queue share."""
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
        # High throughput: order and deduplication hold within a message group.
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }


def stateful_queue(properties: dict[str, Any]) -> dict[str, Any]:
    """A queue that prod never loses with its stack."""
    keep_in_prod = {"Fn::If": ["IsProd", "Retain", "Delete"]}
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": keep_in_prod,
        "UpdateReplacePolicy": keep_in_prod,
        "Properties": properties,
    }


def alarm(description: str, queue_id: str, metric: str, threshold: int) -> dict[str, Any]:
    """An alarm on one metric of one queue, above ``threshold`` for a minute."""
    notify = {
        "Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}],
    }
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
    """One policy for every queue that refuses requests without TLS.

    In a queue's own policy the resource ``*`` means that queue.
    """
    queue_ids = [
        an_id for queue in queues for an_id in (queue.logical_id, queue.dead_letter_logical_id)
    ]
    return {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [{"Ref": queue_id} for queue_id in queue_ids],
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


sceptre_handler = handler("sqs", Messaging, render)
