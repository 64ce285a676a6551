"""A JSON service, or single operations of one, that ministack lacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import botocore.session

Request = dict[str, Any]
"""An operation's input, as the service model names its members."""
Reply = dict[str, Any]


class Identity(Protocol):
    """Who is asked: for the ARNs that a service gives out."""

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in the request's region and account."""


class ServiceError(Exception):
    """An error that the service's API documents."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Service:
    """Operations are methods named as botocore names them: ``ListPipelines``, ``list_pipelines``.

    ``state`` is all that the service keeps, as JSON: it is saved when the embedded AWS ends.
    """

    name: ClassVar[str]
    """botocore's name of the service."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.state: dict[str, Any] = {}
        model = botocore.session.get_session().get_service_model(self.name)
        self._targets: dict[str, Callable[[Request], Reply]] = {
            f"{model.metadata['targetPrefix']}.{operation}": getattr(self, method)
            for operation in model.operation_names
            if hasattr(self, method := botocore.xform_name(operation))
        }

    def answers(self, target: str) -> bool:
        """Whether the request with this ``X-Amz-Target`` is for this service."""
        return target in self._targets

    def answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the response."""
        try:
            reply = self._targets[target](json.loads(body or b"{}"))
        except ServiceError as error:
            return 400, json.dumps({"__type": error.code, "message": str(error)}).encode()
        return 200, json.dumps(reply).encode()
