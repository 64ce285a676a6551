"""Calls SQS as each role, on moto with IAM enforced. Runs in moto's own environment.

Reads {queues, roles, calls} as JSON and writes, for each call, ``allowed``, ``refused``, or what
else went wrong. The server is a thread of this process on 127.0.0.1 and ends with it.
"""

from __future__ import annotations

import json
import logging
import sys
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
FORBIDDEN = 403
ANY_KEY = {"AccessKeyId": "any", "SecretAccessKey": "any"}
ANYBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
}
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class Account:
    """An account on moto, with its roles, and a role that may do everything."""

    def __init__(self, endpoint: str, asked: Mapping[str, Any]) -> None:
        self._endpoint = endpoint
        self._sessions: dict[str, Mapping[str, str]] = {}
        self._prepare(asked["queues"], {**asked["roles"], "administrator": [EVERYTHING]})
        self._enforce()
        self._clients = {role: self._signed_in(role) for role in self._sessions}
        self._administrator = self._clients["administrator"]

    def call(self, role: str, action: str, queue: str) -> str:
        """What comes of a call."""
        try:
            self._call(self._clients[role], action, queue)
        except ClientError as error:
            # The refusal is XML, which a client of SQS can't read: only the status says it.
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return "refused" if status == FORBIDDEN else str(error)
        return "allowed"

    def _client(self, service: str, key: Mapping[str, str] = ANY_KEY) -> Any:
        return boto3.client(
            service,
            endpoint_url=self._endpoint,
            region_name=REGION,
            config=Config(retries={"max_attempts": 0}),
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            aws_session_token=key.get("SessionToken"),
        )

    def _prepare(self, queues: list[str], roles: Mapping[str, list[Any]]) -> None:
        sqs, iam, sts = (self._client(service) for service in ("sqs", "iam", "sts"))
        fifo = {"FifoQueue": "true"}
        self._urls = {
            name: sqs.create_queue(
                QueueName=name, Attributes=fifo if name.endswith(".fifo") else {}
            )["QueueUrl"]
            for name in queues
        }
        for role, policies in roles.items():
            made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(ANYBODY))
            for number, policy in enumerate(policies):
                iam.put_role_policy(
                    RoleName=role,
                    PolicyName=f"policy-{number}",
                    PolicyDocument=json.dumps(policy),
                )
            session = sts.assume_role(RoleArn=made["Role"]["Arn"], RoleSessionName="judge")
            self._sessions[role] = session["Credentials"]

    def _enforce(self) -> None:
        request = urllib.request.Request(
            f"{self._endpoint}/moto-api/reset-auth",
            data=b"0",
            headers={"Content-Type": "text/plain"},
            method="POST",
        )
        urllib.request.urlopen(request).close()

    def _signed_in(self, role: str) -> Any:
        """A client of SQS, once it is sure that the role is who calls: 403 says only no."""
        caller = self._client("sts", self._sessions[role]).get_caller_identity()["Arn"]
        assert f"/{role}/" in caller, caller
        return self._client("sqs", self._sessions[role])

    def _call(self, client: Any, action: str, queue: str) -> None:
        url = self._urls.get(queue, "")
        calls: Mapping[str, Callable[[], Any]] = {
            "SendMessage": lambda: client.send_message(**_message(url)),
            "ReceiveMessage": lambda: client.receive_message(QueueUrl=url),
            "DeleteMessage": lambda: client.delete_message(
                QueueUrl=url, ReceiptHandle=self._received(url)
            ),
            "ChangeMessageVisibility": lambda: client.change_message_visibility(
                QueueUrl=url, ReceiptHandle=self._received(url), VisibilityTimeout=0
            ),
            "GetQueueAttributes": lambda: client.get_queue_attributes(
                QueueUrl=url, AttributeNames=["All"]
            ),
            "SetQueueAttributes": lambda: client.set_queue_attributes(
                QueueUrl=url, Attributes={"VisibilityTimeout": "1"}
            ),
            "AddPermission": lambda: client.add_permission(
                QueueUrl=url, Label="open", AWSAccountIds=["999999999999"], Actions=["*"]
            ),
            "PurgeQueue": lambda: client.purge_queue(QueueUrl=url),
            "DeleteQueue": lambda: client.delete_queue(QueueUrl=url),
            "ListQueues": client.list_queues,
        }
        calls[action]()

    def _received(self, url: str) -> str:
        """The receipt of a message, which the administrator sends and receives."""
        self._administrator.send_message(**_message(url))
        received = self._administrator.receive_message(QueueUrl=url)
        return str(received["Messages"][0]["ReceiptHandle"])


def _message(url: str) -> dict[str, str]:
    unique = str(uuid4())
    ordered = {"MessageGroupId": unique, "MessageDeduplicationId": unique}
    return {"QueueUrl": url, "MessageBody": "order", **(ordered if ".fifo" in url else {})}


def main() -> None:
    """Serve, prepare, enforce, call, end."""
    asked = json.load(sys.stdin)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        account = Account(f"http://{host}:{port}", asked)
        verdicts = [account.call(*call) for call in asked["calls"]]
    finally:
        server.stop()
    json.dump(verdicts, sys.stdout)


if __name__ == "__main__":
    main()
