"""ministack in this process, extended through its private names.

ministack has a handler for each CloudFormation type in ``provisioners._RESOURCE_HANDLERS`` and for
each CloudFormation action in ``handlers._ACTION_HANDLERS``. This module extends both tables.
Providers call the service APIs through ordinary boto3 clients whose requests stay in the process.
So ministack's own code validates, keeps and saves the state.

setup.cfg pins ministack exactly, and tests/contract/test_ministack.py checks these internals.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.awsrequest
import botocore.config
import botocore.session
import urllib3

from sentry_oms.local.asgi import JSON, read_body, send_body
from sentry_oms.local.provider import (
    Handlers,
    Place,
    Properties,
    Provider,
    Reader,
    Repair,
    Resource,
    Update,
)
from sentry_oms.local.services import SERVICES, Service

Params = Mapping[str, Any]
"""Parameters of a Query API request, each a list as from ``parse_qs``."""
Response = tuple[int, dict[str, str], bytes]
ActionHandler = Callable[[Params], Response]


def configure(port: int, directory: Path, region: str) -> None:
    """Set the variables that ministack reads when it is imported.

    Without ``BIND_HOST`` it listens on every interface; without the two switches it opens more
    ports. It gets no Docker daemon, because containers would make runs differ between machines.
    """
    os.environ.update(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        MINISTACK_HOST="localhost",
        MINISTACK_REGION=region,
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        DOCKER_HOST=f"unix://{directory}/no-docker.sock",
        PERSIST_STATE="1",
        STATE_DIR=str(directory / "state"),
        S3_PERSIST="1",
        S3_DATA_DIR=str(directory / "s3"),
        TMPDIR=str(directory),
    )


class Ministack:
    """ministack in this process. Call ``configure`` before creating the first instance."""

    def __init__(self) -> None:
        from ministack import app

        self._app = app
        self._services = [service(self) for service in SERVICES]
        self._clients: dict[tuple[str, str], Any] = {}
        self._session = botocore.session.get_session()

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve every AWS API: our services, and ministack's."""
        target = as_text(dict(scope.get("headers", [])).get(b"x-amz-target", b""))
        service = self._service(target)
        if service is None:
            await self._app.app(scope, receive, send)
        else:
            status, reply = service.answer(target, await read_body(receive))
            await send_body(send, status, JSON, reply)

    def save(self, file: Path) -> None:
        """Write the state of our services; ministack saves its own."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({service.name: service.state for service in self._services}))

    def load(self, file: Path) -> None:
        """Read what ``save`` wrote, if the file exists."""
        if file.exists():
            saved = json.loads(file.read_text())
            for service in self._services:
                service.state.update(saved.get(service.name, {}))

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in the request's region and account."""
        from ministack.core.responses import get_account_id, get_region

        return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"

    def add(self, providers: Iterable[type[Provider]], repairs: Iterable[type[Repair]]) -> None:
        """Register providers, and wrap existing handlers in repairs."""
        from ministack.services.cloudformation import drift, provisioners

        for provider in providers:
            provisioners._RESOURCE_HANDLERS[provider.type] = _table_entry(provider(self))
            provisioners._REPLACING_PROPERTIES[provider.type] = provider.replacing
            if provider.tagged:
                provisioners._STACK_TAG_PROPERTY[provider.type] = ("Tags", "list")
        for repair in repairs:
            entry = provisioners._RESOURCE_HANDLERS[repair.type]
            handlers = repair(self, _Original(entry))
            provisioners._RESOURCE_HANDLERS[repair.type] = {**entry, **_table_entry(handlers)}
            if repair.type in drift._DRIFT_READERS:
                read, properties = drift._DRIFT_READERS[repair.type]
                drift._DRIFT_READERS[repair.type] = _reader(handlers, read), properties

    def compare(self, readers: Iterable[Reader]) -> None:
        """Add the types of the readers to the drift detection."""
        from ministack.services.cloudformation import drift

        for reader in readers:
            drift._DRIFT_READERS[reader.type] = (
                lambda physical_id, _, read=reader.read: read(self, physical_id),
                reader.properties,
            )

    def wrap_action(self, action: str, wrap: Callable[[ActionHandler], ActionHandler]) -> None:
        """Wrap the handler of a CloudFormation action."""
        from ministack.services.cloudformation import handlers

        handlers._ACTION_HANDLERS[action] = wrap(handlers._ACTION_HANDLERS[action])

    def error(self, code: str, message: str) -> Response:
        """Return an error response of CloudFormation."""
        from ministack.services.cloudformation import helpers

        response: Response = helpers._error(code, message)
        return response

    def success(self, action: str) -> Response:
        """Return an empty success response of CloudFormation."""
        from ministack.services.cloudformation import helpers

        response: Response = helpers._xml(200, f"{action}Response", "")
        return response

    def stack_record(self, name_or_id: str) -> dict[str, Any] | None:
        """Return ministack's own record of a stack, which is saved with any additions."""
        from ministack.services import cloudformation

        records: Iterable[dict[str, Any]] = cloudformation._stacks.values()
        names = ("StackName", "StackId")
        return next((one for one in records if name_or_id in map(one.get, names)), None)

    def client(self, service: str) -> Any:
        """Return a boto3 client whose requests ministack's handlers answer in this process."""
        from ministack.core.responses import get_region

        key = (service, get_region())
        if key not in self._clients:
            client = self._session.create_client(
                service,
                region_name=key[1],
                endpoint_url="http://127.0.0.1",
                aws_access_key_id="embedded",
                aws_secret_access_key="embedded",
                config=botocore.config.Config(retries={"total_max_attempts": 1}),
            )
            client.meta.events.register("before-send", self._answer)
            self._clients[key] = client
        return self._clients[key]

    def _answer(self, request: Any, **_: Any) -> Any:
        """Answer a prepared request; botocore's ``before-send`` event then does not send it."""
        from ministack.core.router import detect_service

        url = urlsplit(request.url)
        headers = {name.lower(): as_text(value) for name, value in request.headers.items()}
        body = as_bytes(request.body or b"")
        ours = self._service(headers.get("x-amz-target", ""))
        if ours is not None:
            status, reply = ours.answer(headers["x-amz-target"], body)
            return _response(request.url, status, {}, reply)
        query = parse_qs(url.query, keep_blank_values=True)
        routing = {**query, **parse_qs(body.decode("latin-1"))} if body[:7] == b"Action=" else query
        service = detect_service(request.method, url.path, headers, routing)
        handler = self._app.SERVICE_HANDLERS[service]
        status, response_headers, content = _run(
            handler(request.method, url.path, headers, body, query)
        )
        return _response(request.url, status, response_headers, as_bytes(content))

    def _service(self, target: str) -> Service | None:
        return next((service for service in self._services if service.answers(target)), None)


class _Original(Handlers):
    """ministack's handlers of a type, with our interface."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self._entry = dict(entry)

    def create(self, place: Place, properties: Properties) -> Resource:
        return Resource(
            *self._entry["create"](place.logical_id, dict(properties), place.stack_name)
        )

    def update(self, update: Update) -> Resource:
        place, physical_id, previous, properties = update
        arguments = [physical_id, dict(previous), dict(properties), place.stack_name]
        if self._entry.get("update_with_logical_id"):
            arguments.append(place.logical_id)
        return Resource(*self._entry["update"](*arguments))

    def delete(self, physical_id: str, properties: Properties) -> None:
        self._entry["delete"](physical_id, dict(properties))


def _table_entry(handlers: Handlers) -> dict[str, Any]:
    """Return handlers as a row of ministack's table."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Resource:
        return handlers.create(Place(stack_name, logical_id), properties)

    def update(
        physical_id: str,
        previous: Properties,
        properties: Properties,
        stack_name: str,
        logical_id: str | None = None,
    ) -> Resource:
        place = Place(stack_name, logical_id or physical_id)
        return handlers.update(Update(place, physical_id, previous, properties))

    return {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": handlers.delete,
    }


def _reader(repair: Repair, read: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Return ministack's reader of a type for its drift detection, with the key of its store."""
    return lambda physical_id, properties: read(repair.kept_as(physical_id), properties)


def _run(coroutine: Any) -> Any:
    """Run a service's handler while the server's own event loop waits.

    It needs a thread with another event loop, because some handlers await a thread of their own.
    The context has the request's region and account.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(contextvars.copy_context().run, asyncio.run, coroutine).result()


def _response(url: str, status: int, headers: dict[str, str], body: bytes) -> Any:
    raw: Any = urllib3.HTTPResponse(io.BytesIO(body), preload_content=False)
    given: Any = headers
    return botocore.awsrequest.AWSResponse(url, status, given, raw)


def as_bytes(value: Any) -> bytes:
    """Return bytes, text or a file's content as bytes."""
    if hasattr(value, "read"):
        value = value.read()
    return value.encode() if isinstance(value, str) else bytes(value)


def as_text(value: Any) -> str:
    """Return bytes or text as text."""
    return value.decode() if isinstance(value, bytes) else str(value)
