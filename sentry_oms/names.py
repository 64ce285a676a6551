"""The naming rules: stacks, queues, tables, secrets, repositories, clusters, services.

The SQS template, ``!sqs_queue_names``, the checks and the tests take every name from here. Nothing
here calls AWS or Sceptre.

Sources: the seed's naming section (``sentry-{stack}-{env}``) and
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Environment = Literal["dev", "staging", "prod"]
ENVIRONMENTS: tuple[str, ...] = get_args(Environment)

BOOTSTRAP = "bootstrap"
"""The folder of config/ for the account. It is launched once and is not an environment."""

RepositoryName = Annotated[
    str,
    Field(
        min_length=2,
        max_length=256,
        pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$",
    ),
]
"""A valid name of an ECR repository.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
"""

QUEUE_NAME_LIMIT = 80
"""Maximum characters of an SQS queue name, including ``.fifo``."""

EXCHANGE_QUEUES = ("orders", "filled-orders")
"""The FIFO queues of every exchange, as suffixes of its name."""


def _checked(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(
            f"{name!r} is not a valid name: use a-z, 0-9 and single hyphens between them"
        )
    return name


Name = Annotated[str, AfterValidator(_checked)]
"""The name of an exchange, or of a queue without its suffix."""


def stack_name(stack: str, environment: str) -> str:
    """Return ``sentry-vpc-dev`` for ``vpc`` in dev; a stack of the account has no suffix."""
    return f"sentry-{stack}" if environment == BOOTSTRAP else f"sentry-{stack}-{environment}"


def stack_of(name: str, environment: str) -> str | None:
    """Return ``vpc`` for ``sentry-vpc-dev`` in dev, or None if the name is of another environment.

    A name without the suffix of an environment belongs to the account.
    """
    if not name.startswith("sentry-"):
        return None
    own = name.removeprefix("sentry-")
    if environment == BOOTSTRAP:
        ends = tuple(f"-{one}" for one in ENVIRONMENTS)
        return None if own.endswith(ends) else own
    return own.removesuffix(f"-{environment}") if own.endswith(f"-{environment}") else None


def queue_name(name: str, environment: str, *, fifo: bool) -> str:
    """Return ``master-order-queue-dev.fifo`` for ``master-order`` in dev."""
    return _with_type(f"{name}-queue-{environment}", fifo)


def dead_letter_queue_name(name: str, environment: str, *, fifo: bool) -> str:
    """Return ``master-order-dlq-dev.fifo`` for ``master-order`` in dev."""
    return _with_type(f"{name}-dlq-{environment}", fifo)


def table_name(table: Literal["config", "trading_data"], environment: str) -> str:
    """Return the name of a DynamoDB table: ``oms_config_dev``."""
    return f"oms_{table}_{environment}"


def secret_name(environment: str) -> str:
    """Return the name of the application's secret. Exchange credentials are in ``/exchanges/``."""
    return f"sentry/{environment}"


def repository_name(image: Literal["admin-front-end", "oms", "websocket"], environment: str) -> str:
    """Return the ECR repository of an image: ``sentry/oms-dev``."""
    return f"sentry/{image}-{environment}"


def cluster_name(cluster: Literal["gateway", "oms"], environment: str) -> str:
    """Return the name of an ECS cluster: ``sentry-oms-dev``."""
    return f"sentry-{cluster}-{environment}"


def service_name(service: Literal["frontend-admin", "oms", "websocket"], environment: str) -> str:
    """Return the name of an ECS service: ``sentry-oms-service-dev``."""
    return f"sentry-{service}-service-{environment}"


class Service(NamedTuple):
    """A service, its cluster and its image."""

    service: Literal["frontend-admin", "oms", "websocket"]
    cluster: Literal["gateway", "oms"]
    image: Literal["admin-front-end", "oms", "websocket"]


SERVICES = (
    Service("frontend-admin", "gateway", "admin-front-end"),
    Service("oms", "oms", "oms"),
    Service("websocket", "gateway", "websocket"),
)


class Layer(NamedTuple):
    """A group of stacks."""

    title: str
    stacks: tuple[str, ...]


LAYERS = (
    Layer(
        "foundation", ("vpc", "cognito", "dynamodb-config", "dynamodb-trading", "sqs", "secrets")
    ),
    Layer("data", ("redis", "alb")),
    Layer("compute", ("cluster-gateway", "cluster-oms")),
    Layer("services", ("task-frontend", "task-oms", "task-websocket")),
    Layer("CI/CD", ("pipeline-frontend", "pipeline-oms", "pipeline-websocket")),
)
"""The five layers. A stack depends only on stacks of its own layer and the ones before."""


def logical_id(name: str) -> str:
    """Return ``BitgetFilledOrders`` for ``bitget-filled-orders``.

    A logical ID comes from the name, never from a position: CloudFormation replaces a resource
    whose logical ID changes, and a replaced queue loses its orders.
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _with_type(name: str, fifo: bool) -> str:
    return f"{name}.fifo" if fifo else name


class Queue(BaseModel):
    """A queue and its dead-letter queue, as the YAML list gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    fifo: bool = False
    visibility_timeout: int = Field(
        default=180, ge=0, le=43_200, description="seconds; six times the handler's processing time"
    )
    max_age: int = Field(
        default=300,
        ge=60,
        description="age in seconds of the oldest message that sounds an alarm",
    )

    @property
    def logical_id(self) -> str:
        """The queue's logical ID in the template."""
        return f"{logical_id(self.name)}Queue"

    @property
    def dead_letter_logical_id(self) -> str:
        """The dead-letter queue's logical ID in the template."""
        return f"{logical_id(self.name)}DeadLetterQueue"

    def full_name(self, environment: str) -> str:
        """The queue's name on AWS."""
        return queue_name(self.name, environment, fifo=self.fifo)

    def dead_letter_name(self, environment: str) -> str:
        """The dead-letter queue's name on AWS."""
        return dead_letter_queue_name(self.name, environment, fifo=self.fifo)


class Messaging(BaseModel):
    """The sqs stack's ``sceptre_user_data``: the exchanges, and the other queues.

    Raises (as pydantic errors that name the field):
        a name that SQS refuses, a duplicate, or two queues with the same logical ID.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    environment: str = Field(
        pattern=r"^[A-Za-z0-9_-]+$", description="the ending of each name; any, in another project"
    )
    exchanges: tuple[Name, ...]
    queues: tuple[Queue, ...] = ()

    @property
    def all_queues(self) -> tuple[Queue, ...]:
        """The general queues, then the queues of each exchange, in the order given."""
        return self.queues + tuple(
            Queue(name=f"{exchange}-{suffix}", fifo=True)
            for exchange in self.exchanges
            for suffix in EXCHANGE_QUEUES
        )

    @model_validator(mode="after")
    def _names_are_distinct_and_fit(self) -> Messaging:
        _refuse("exchange", "is listed twice", _repeated(self.exchanges))
        _refuse("queue", "is defined twice", _repeated(q.name for q in self.all_queues))
        _refuse(
            "logical ID",
            "belongs to two queues: choose names that differ in more than hyphens",
            _repeated(
                an_id for q in self.all_queues for an_id in (q.logical_id, q.dead_letter_logical_id)
            ),
        )
        _refuse(
            "queue",
            f"is longer than the {QUEUE_NAME_LIMIT} characters that SQS allows",
            [
                name
                for q in self.all_queues
                for name in (q.full_name(self.environment), q.dead_letter_name(self.environment))
                if len(name) > QUEUE_NAME_LIMIT
            ],
        )
        return self


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def _refuse(kind: str, why: str, offenders: list[str]) -> None:
    if offenders:
        raise ValueError(f"{kind} {', '.join(map(repr, offenders))} {why}")
