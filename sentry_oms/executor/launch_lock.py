"""The lock of an environment: a command that writes to its stacks runs alone.

The lock is an item in a DynamoDB table of the environment, ``<project_code>-launches-<folder>``,
which the first launch creates. A conditional write takes it, and returns the holder if it is taken.
docs/decisions/0014 compares it with other resources.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
"""

from __future__ import annotations

import getpass
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timezone
from logging import getLogger
from typing import Any, NamedTuple
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel
from sceptre.exceptions import SceptreException

from sentry_oms.aws.view import StackKey
from sentry_oms.executor.words import count, duration

SETTING = "launch_lock"
"""The setting in config.yaml that turns the lock on."""
WRITES = frozenset({"launch", "create", "update", "delete", "execute_change_set"})
"""The commands that take the lock."""
TABLE_SECONDS = 60
"""Limit of the wait for a new table; DynamoDB needs about ten seconds."""
_KEY = "Environment"
_logger = getLogger("sceptre")


class LockError(SceptreException):
    """The lock is taken, or can't be taken; the message is one line."""


class Holder(BaseModel):
    """The command that holds a lock."""

    id: str
    owner: str
    command: str
    """Without arguments, which may hold secrets."""
    pid: int
    started: datetime
    run: str = ""
    """URL of a CI run."""

    @classmethod
    def of(cls, command: str, environ: Mapping[str, str], now: datetime) -> Holder:
        """Return this process as the holder."""
        user = environ.get("GITHUB_ACTOR", "")
        with suppress(Exception):  # a container's user may have no name
            user = user or getpass.getuser()
        parts = [environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
        return cls(
            id=str(uuid4()),
            owner=f"{user or 'unknown'}@{socket.gethostname()}",
            command=command,
            pid=os.getpid(),
            started=now,
            run="{}/{}/actions/runs/{}".format(*parts) if all(parts) else "",
        )

    def described(self, now: datetime) -> str:
        """Return owner, age, command and process in a few words."""
        age = duration(max(0.0, (now - self.started).total_seconds()))
        process = f"process {self.pid}, {self.run}" if self.run else f"process {self.pid}"
        return f"{self.owner} for {age} ({self.command}, {process})"


class LaunchLock(NamedTuple):
    """The lock of one environment in one account and region."""

    environment: str
    table: str
    call: Callable[..., Any]
    """``call`` of a ``sceptre.connection_manager.ConnectionManager``."""

    def take(
        self, holder: Holder, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> Holder:
        """Take the lock unless it is taken, and return who holds it now.

        Raises:
            LockError: a permission is missing.
            ClientError: any other refusal.
        """
        deadline = clock() + TABLE_SECONDS
        is_created = False
        while True:
            try:
                self._call(
                    "put_item",
                    Item={
                        _KEY: {"S": self.environment},
                        "LockId": {"S": holder.id},
                        "Holder": {"S": holder.model_dump_json()},
                    },
                    ConditionExpression="attribute_not_exists(LockId)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if _code(error) == "ConditionalCheckFailedException":
                    found: Mapping[str, Any] = error.response
                    return _holder(found["Item"])
                if _code(error) != "ResourceNotFoundException" or clock() > deadline:
                    raise
            else:
                return holder
            if is_created:
                sleep(1)
            else:
                self._create_table()
            is_created = True

    def read(self) -> Holder | None:
        """Return who holds the lock, if it is taken."""
        key = {_KEY: {"S": self.environment}}
        try:
            item = self._call("get_item", Key=key, ConsistentRead=True).get("Item")
        except ClientError as error:
            if _code(error) == "ResourceNotFoundException":
                return None
            raise
        return _holder(item) if item else None

    def release(self, holder: Holder) -> bool:
        """Remove the lock of the holder; False if it does not hold the lock."""
        try:
            self._call(
                "delete_item",
                Key={_KEY: {"S": self.environment}},
                ConditionExpression="LockId = :id",
                ExpressionAttributeValues={":id": {"S": holder.id}},
            )
        except ClientError as error:
            if _code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _create_table(self) -> None:
        try:
            self._call(
                "create_table",
                AttributeDefinitions=[{"AttributeName": _KEY, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": _KEY, "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )
        except ClientError as error:
            if _code(error) != "ResourceInUseException":
                raise

    def _call(self, command: str, **arguments: Any) -> Any:
        try:
            return self.call(
                service="dynamodb",
                command=command,
                kwargs={"TableName": self.table, **arguments},
            )
        except ClientError as error:
            if _code(error) != "AccessDeniedException":
                raise
            raise LockError(
                f"{self.environment}: the launch lock needs dynamodb:{error.operation_name} on "
                f"table {self.table}: allow it, or set {SETTING}: false in config.yaml"
            ) from error


def locks_of(stacks: Iterable[Any]) -> list[LaunchLock]:
    """Return the locks of the ``sceptre.stack.Stack`` objects whose config.yaml asks for one."""
    found: dict[Any, LaunchLock] = {}
    for stack in stacks:
        if stack.stack_group_config.get(SETTING):
            folder, _, file = stack.name.partition("/")
            environment = folder if file else stack.project_code
            table = f"{stack.project_code}-launches-{environment}"
            lock = LaunchLock(environment, table, stack.connection_manager.call)
            found.setdefault((table, StackKey.of(stack).connection), lock)
    return list(found.values())


@contextmanager
def locked(command: str, stacks: Iterable[Any]) -> Iterator[None]:
    """Hold the locks of the stacks while a command writes to them.

    Raises:
        LockError: another command holds one of them, or a permission is missing.
    """
    stacks = list(stacks)
    locks = locks_of(stacks) if command in WRITES else []
    words = f"{command} of {count(len(stacks), 'stack')}"
    holder = Holder.of(words, os.environ, _now())
    with ExitStack() as held:
        for lock in locks:
            held.enter_context(_held(lock, holder))
        yield


@contextmanager
def _held(lock: LaunchLock, holder: Holder) -> Iterator[None]:
    present = lock.take(holder, time.monotonic, time.sleep)
    # A repeated call, whose first response was lost, finds our own lock.
    if present.id != holder.id:
        raise LockError(
            f"{lock.environment} is locked by {present.described(_now())}: wait for its end; "
            f"if it has died: oms unlock {lock.environment}"
        )
    try:
        yield
    finally:
        _release(lock, holder)


def _release(lock: LaunchLock, holder: Holder) -> None:
    """Release a lock; a failure is a warning, because the command has ended."""
    try:
        if not lock.release(holder):
            _logger.warning("%s: the lock was removed during the run", lock.environment)
    except (BotoCoreError, ClientError, SceptreException) as error:
        _logger.warning(
            "%s: the lock is left: oms unlock %s (%s)",
            lock.environment,
            lock.environment,
            " ".join(str(error).split()),
        )


def _holder(item: Mapping[str, Any]) -> Holder:
    return Holder.model_validate_json(item["Holder"]["S"])


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _now() -> datetime:
    return datetime.now(timezone.utc)
