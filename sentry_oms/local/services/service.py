"""A JSON service, or some operations of one, that ministack lacks."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import botocore.session

Request = dict[str, Any]
"""An operation's input, with the member names of the service model."""
Reply = dict[str, Any]


class Identity(Protocol):
    """The account and region of a request."""

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource."""


class ServiceError(Exception):
    """A documented error of the service's API."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Service:
    """Operations are methods with botocore's names: ``list_pipelines`` for ``ListPipelines``.

    ``state`` has the service's collections, as JSON. It is saved when the embedded AWS ends.
    """

    name: ClassVar[str]
    """botocore's name of the service."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.state: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        model = botocore.session.get_session().get_service_model(self.name)
        self._targets: dict[str, Callable[[Request], Reply]] = {
            f"{model.metadata['targetPrefix']}.{operation}": getattr(self, method)
            for operation in model.operation_names
            if hasattr(self, method := botocore.xform_name(operation))
        }

    def answers(self, target: str) -> bool:
        """Whether this service answers requests with this ``X-Amz-Target``."""
        return target in self._targets

    def answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Return status and body of the response."""
        try:
            reply = self._targets[target](json.loads(body or b"{}"))
        except ServiceError as error:
            return 400, json.dumps({"__type": error.code, "message": str(error)}).encode()
        return 200, json.dumps(reply).encode()
