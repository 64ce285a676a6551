"""Rules about an environment: its stacks, values and dependencies are its own.

These are mistakes of copying: everything exists, and belongs to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceptre.resolvers.stack_output import StackOutput

from sentry_oms.arguments import tag_name
from sentry_oms.checks.rule import Phase, rule
from sentry_oms.cloudformation.evaluate import UNKNOWN
from sentry_oms.names import BOOTSTRAP, queue_name, stack_name
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.given import given_values
from sentry_oms.offline.project import Project

IS_FIFO = {"master-order": True, "order-execution-polling": False, "clients-events": False}
"""The queues that belong to no exchange. The type is part of the name that consumers know."""
MFA = ("OFF", "OPTIONAL", "ON")
"""From the weakest to the strictest."""


@rule(
    "OMS080",
    cause="`stack_name` is another environment's, or another stack's: a launch would update that "
    "stack with this one's template and values.",
    remedy="write sentry-<stack>-{{ environment }}",
    phase=Phase.BETWEEN,
    house=True,
)
def stack_named(project: Project) -> Iterator[Fault]:
    """A stack has its own environment's name."""
    for file in project.stacks:
        wanted = stack_name(file.name.rpartition("/")[2], file.group)
        if file.stack.external_name != wanted:
            message = f"is {file.stack.external_name}; the name of {file.name}.yaml is {wanted}"
            yield file.fault("stack_name", message)


@rule(
    "OMS081",
    cause="The parameter Environment is another environment's: resources get its names and sizes.",
    remedy="write {{ environment }}",
    phase=Phase.BETWEEN,
    house=True,
)
def environment_given(project: Project) -> Iterator[Fault]:
    """A stack gets its own environment."""
    for given in given_values(project):
        group = given.file.group
        if given.name == "Environment" and group != BOOTSTRAP and given.whole != group:
            yield given.file.fault(
                "parameters.Environment", f"is {given.whole}, in a stack of {group}"
            )


@rule(
    "OMS082",
    cause="A tag names a stack file of another environment: this stack would use that "
    "environment's VPC, secrets or queues.",
    remedy="begin the path with {{ environment }}/",
    phase=Phase.BETWEEN,
    house=True,
)
def dependencies_own(project: Project) -> Iterator[Fault]:
    """A stack reads its own environment."""
    for file in project.stacks:
        told = set()
        for place, tag in file.tags:
            argument = tag._argument
            path = argument.get("stack") if isinstance(argument, dict) else None
            if isinstance(tag, StackOutput):
                path = tag.dependency_stack_name
            if isinstance(path, str) and path.split("/")[0] != file.group:
                told.add(path.removesuffix(".yaml"))
                yield file.fault(place, f"{tag_name(tag)} reads {path}, of another environment")
        for dependency in file.stack.dependencies:
            if dependency.name.split("/")[0] != file.group and dependency.name not in told:
                message = f"{dependency.name}.yaml is of another environment"
                yield file.fault("dependencies", message)


@rule(
    "OMS088",
    cause="master-order must be FIFO: orders of a client keep their sequence. "
    "order-execution-polling and clients-events must be standard: a FIFO queue has no delay for a "
    "single message. The type is part of a queue's name, by which consumers find it.",
    remedy="set fifo as the system needs it",
    phase=Phase.WIRING,
)
def queues_typed(project: Project) -> Iterator[Fault]:
    """The queues of the system keep their type."""
    for file in project.stacks:
        made = {
            one.properties.get("QueueName")
            for one in project.of_kind("AWS::SQS::Queue")
            if one.file is file
        }
        for name, is_fifo in IS_FIFO.items() if made and UNKNOWN not in made else ():
            if queue_name(name, file.group, fifo=is_fifo) not in made:
                kind = "FIFO" if is_fifo else "standard"
                yield file.fault("sceptre_user_data.queues", f"{name} must be a {kind} queue")


@rule(
    "OMS089",
    cause="`!validate_cognito` asks for a stricter MFA than the template gives the environment's "
    "user pool: the hook would refuse every launch of the services.",
    remedy="change cognito_mfa in config.yaml, or the template's Mappings",
    phase=Phase.WIRING,
)
def mfa_given(project: Project) -> Iterator[Fault]:
    """The user pool gives the MFA that the hook asks for."""
    for tag in project.tags:
        asked = tag.argument.get("mfa") if tag.name == "!validate_cognito" else None
        target = str(tag.argument.get("stack")).removesuffix(".yaml")
        for pool in project.of_kind("AWS::Cognito::UserPool"):
            gives = pool.properties.get("MfaConfiguration", "OFF")
            is_weaker = {asked, gives} <= {*MFA} and MFA.index(asked) > MFA.index(gives)
            if pool.file.name == target and is_weaker:
                message = f"asks for {asked}; {target} gives {gives}"
                yield tag.file.fault(f"{tag.place}.mfa", message)
