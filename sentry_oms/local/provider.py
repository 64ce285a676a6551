"""Interfaces by which the embedded CloudFormation manages resource types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Protocol

from sentry_oms.local.shapes import request

Properties = Mapping[str, Any]


class Aws(Protocol):
    """The embedded AWS as providers see it: its own service APIs, called in the same process."""

    def client(self, service: str) -> Any:
        """Return a boto3 client of the service, in the region of the stack being provisioned."""


class Resource(NamedTuple):
    """A resource as CloudFormation records it."""

    physical_id: str
    """The value of ``Ref``."""
    attributes: dict[str, Any]
    """The values of ``Fn::GetAtt``."""


class Place(NamedTuple):
    """A resource's stack, and its logical ID there."""

    stack_name: str
    logical_id: str

    def generated_name(self) -> str:
        """Return a name for a resource that has none in the template."""
        return f"{self.stack_name}-{self.logical_id}"


class Update(NamedTuple):
    """A change of a resource's properties; of a new resource, ``previous`` is empty."""

    place: Place
    physical_id: str
    previous: Properties
    properties: Properties

    def changes(self, name: str) -> bool:
        """Whether it changes a property."""
        return bool(self.previous.get(name) != self.properties.get(name))

    def dropped_tags(self) -> list[str]:
        """Return the keys of the tags that it removes."""
        kept = {tag["Key"] for tag in self.properties.get("Tags", [])}
        return sorted(tag["Key"] for tag in self.previous.get("Tags", []) if tag["Key"] not in kept)


class Handlers(ABC):
    """The three operations of a type."""

    @abstractmethod
    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the resource."""

    @abstractmethod
    def update(self, update: Update) -> Resource:
        """Change the resource in place, or replace it if the type requires that."""

    @abstractmethod
    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the resource."""


class Provider(Handlers):
    """A type that ministack lacks, made of calls to the service's API.

    ``update`` only changes in place: for a change of a property in ``replacing``, CloudFormation
    creates a new resource and deletes the old one.
    """

    type: ClassVar[str]
    replacing: ClassVar[tuple[str, ...]] = ()
    """Properties for which the AWS reference says "Update requires: Replacement"."""
    tagged: ClassVar[bool] = False
    """Whether stack tags reach the type's ``Tags`` property."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws


class PutProvider(Provider):
    """A type whose service creates and changes the resource by the same call."""

    def update(self, update: Update) -> Resource:
        """Change the resource under its physical ID by creating it again."""
        return self.create(update.place, update.properties)


class Repair(Handlers):
    """A type that ministack has, with corrections; everything else passes through."""

    type: ClassVar[str]

    def __init__(self, aws: Aws, original: Handlers) -> None:
        self.aws = aws
        self.original = original

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the resource."""
        return self.original.create(place, properties)

    def update(self, update: Update) -> Resource:
        """Change the resource in place, or replace it as ministack's handler decides."""
        return self.original.update(update)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the resource."""
        self.original.delete(physical_id, properties)

    def kept_as(self, physical_id: str) -> str:
        """Return the key of the resource in ministack's store."""
        return physical_id


class Reader(NamedTuple):
    """Drift detection of a type that ministack can't check."""

    type: str
    properties: frozenset[str]
    """Those that are compared if a template sets them."""
    read: Callable[[Aws, str], Properties | None]
    """Returns a resource's present properties as a template has them; None if deleted."""


def retag(client: Any, arn: str, update: Update) -> None:
    """Update the tags of a resource by TagResource and UntagResource; other tags stay."""
    dropped = update.dropped_tags()
    if dropped:
        client.untag_resource(resourceArn=arn, tagKeys=dropped)
    tags = update.properties.get("Tags", [])
    if tags:
        client.tag_resource(**request(client, "TagResource", {"ResourceArn": arn, "Tags": tags}))


class AlreadyExistsError(Exception):
    """The name of a new resource is taken. AWS refuses it; ministack would take it over."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind} {name} already exists")
