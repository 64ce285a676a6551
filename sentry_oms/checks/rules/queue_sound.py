"""OMS068: a queue is such as SQS takes, and so is the dead-letter queue that it names.

Sources:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.by_kind import (
    Found,
    beyond,
    by_kind,
    each,
    given,
    has,
    is_text,
    is_true,
    one_of,
)
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.rule import Fault, Rule, Scope

ARN = {"pattern": r"^arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+(\.fifo)?$"}
SCHEMAS = {
    "AWS::SQS::Queue": {
        "allOf": [
            has(
                FifoQueue=one_of(True),
                DeduplicationScope=one_of("messageGroup", "queue"),
                FifoThroughputLimit=one_of("perQueue", "perMessageGroupId"),
                RedrivePolicy={
                    "required": ["deadLetterTargetArn", "maxReceiveCount"],
                    "additionalProperties": False,
                    **has(
                        deadLetterTargetArn=ARN,
                        maxReceiveCount={"type": "integer", "minimum": 1, "maximum": 1000},
                    ),
                },
                RedriveAllowPolicy={
                    "required": ["redrivePermission"],
                    "additionalProperties": False,
                    **has(
                        redrivePermission=one_of("allowAll", "denyAll", "byQueue"),
                        sourceQueueArns=each(ARN, minItems=1, maxItems=10),
                    ),
                    "if": has(redrivePermission=one_of("byQueue")),
                    "then": {"required": ["sourceQueueArns"]},
                    "else": has(sourceQueueArns=False),
                },
            ),
            given(
                {"FifoThroughputLimit": one_of("perMessageGroupId")},
                {
                    "required": ["DeduplicationScope"],
                    **has(DeduplicationScope=one_of("messageGroup")),
                },
            ),
            given({"SqsManagedSseEnabled": one_of(True)}, has(KmsMasterKeyId=False)),
        ]
    },
    "AWS::SQS::QueuePolicy": has(Queues=each({"pattern": "^https://"}, minItems=1)),
}


def find(project: Project) -> Iterator[Fault]:
    """What each queue says, and what it and its dead-letter queue say together."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::SQS::Queue": lambda queue: _queue(project, queue)})


def _queue(project: Project, queue: Resource) -> Found:
    is_fifo = is_true(queue.properties.get("FifoQueue", False))
    name = queue.properties.get("QueueName")
    if is_text(name) and is_fifo != str(name).endswith(".fifo"):
        message = "must end" if is_fifo else "must not end"
        yield "QueueName", f"'{name}' {message} in .fifo"
    if not is_fifo:
        for property_ in ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"):
            if property_ in queue.properties:
                yield property_, "is for FIFO queues"
    target = queue.properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
    if not is_text(target):
        return
    path = "RedrivePolicy.deadLetterTargetArn"
    if is_fifo != str(target).endswith(".fifo"):
        yield path, "is of the other kind: a FIFO queue needs a FIFO queue, a standard a standard"
    for other in project.of_kind("AWS::SQS::Queue"):
        if other.file == queue.file and other.properties.get("QueueName") == target.split(":")[-1]:
            allowed = other.properties.get("RedriveAllowPolicy", {})
            ours = str(target).rpartition(":")[0] + f":{name}"
            if allowed.get("redrivePermission") == "denyAll" or ours not in allowed.get(
                "sourceQueueArns", [ours]
            ):
                yield path, f"{other.key} does not admit this queue in its RedriveAllowPolicy"


RULE = Rule(
    code="OMS068",
    title="A queue is such as SQS takes",
    cause=(
        "A FIFO queue lacks the suffix or a standard queue has it, a dead-letter queue is of the "
        "other kind or does not admit the queue, or attributes do not go together."
    ),
    remedy="see the API reference of SQS",
    scope=Scope.STACKS,
    find=find,
)
