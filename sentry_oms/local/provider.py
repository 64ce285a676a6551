"""What a resource type needs so that the embedded CloudFormation can manage it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Protocol

Properties = Mapping[str, Any]


class Aws(Protocol):
    """The embedded AWS as providers see it: its own service APIs, called in the same process."""

    def client(self, service: str) -> Any:
        """A boto3 client of the service, in the region of the stack being provisioned."""


class Resource(NamedTuple):
    """What CloudFormation remembers of a resource."""

    physical_id: str
    """What ``Ref`` gives."""
    attributes: dict[str, Any]
    """What ``Fn::GetAtt`` gives."""


class Place(NamedTuple):
    """Where in which stack a resource stands."""

    stack_name: str
    logical_id: str

    def generated_name(self) -> str:
        """A name for a resource that the template leaves unnamed."""
        return f"{self.stack_name}-{self.logical_id}"


class Handlers(ABC):
    """The three operations of a type."""

    @abstractmethod
    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the resource."""

    @abstractmethod
    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change the resource in place, or replace it where the type must."""

    @abstractmethod
    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the resource."""


class Provider(Handlers):
    """A type that ministack lacks, made of calls to the service's API.

    ``update`` is asked for changes in place only: a change of a property in ``replacing`` has
    CloudFormation create a new resource and delete the old one.
    """

    type: ClassVar[str]
    replacing: ClassVar[tuple[str, ...]] = ()
    """Properties of which the AWS reference says "Update requires: Replacement"."""
    tagged: ClassVar[bool] = False
    """Whether stack tags reach the type's ``Tags`` property."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws


class PutProvider(Provider):
    """A type whose service has one call that makes the resource and changes it."""

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Making it again changes it under its physical ID."""
        return self.create(place, properties)


class Repair(Handlers):
    """A type that ministack has, and gets wrong in a place: what is right passes through."""

    type: ClassVar[str]

    def __init__(self, aws: Aws, original: Handlers) -> None:
        self.aws = aws
        self.original = original

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the resource."""
        return self.original.create(place, properties)

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change the resource in place, or replace it as ministack's handler decides."""
        return self.original.update(place, physical_id, previous, properties)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the resource."""
        self.original.delete(physical_id, properties)

    def kept_as(self, physical_id: str) -> str:
        """By what ministack's store has the resource, whose physical ID is ours."""
        return physical_id


class Reader(ABC):
    """How resources are now, for the drift detection of a type that ministack can't check."""

    type: ClassVar[str]
    reads: ClassVar[frozenset[str]]
    """The properties that are compared, of those that a template sets."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws

    @abstractmethod
    def read(self, physical_id: str) -> Properties | None:
        """The resource's properties, in the shape of a template; None where it is gone."""


def dropped_tags(previous: Properties, properties: Properties) -> list[str]:
    """The keys of tags that the template had and has no longer."""
    kept = {tag["Key"] for tag in properties.get("Tags", [])}
    return sorted(tag["Key"] for tag in previous.get("Tags", []) if tag["Key"] not in kept)


class AlreadyExistsError(Exception):
    """A create of a name that is taken, which AWS refuses and ministack takes over."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind} {name} already exists")
