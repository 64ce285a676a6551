"""Corrections of ministack's CloudFormation, IAM and ECS where they differ from AWS.

Each function replaces a private function of ministack once, when the server starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sentry_oms.local.ministack import Params, Response


def keep_resources_of_a_failed_rollback() -> None:
    """Keep the resources that a failed rollback could not delete in their stack, like AWS.

    ministack forgets them, and would then delete the stack without them.
    """
    from ministack.services.cloudformation import stacks

    roll_back = stacks._roll_back_operation

    async def rolled_back(name: str, stack_id: str, stack: dict[str, Any], *operation: Any) -> None:
        created = dict(stack["_resources"])
        await roll_back(name, stack_id, stack, *operation)
        if stack["StackStatus"] == "ROLLBACK_FAILED":
            stack["_resources"] = {
                logical_id: {**created[logical_id], "ResourceStatus": "DELETE_FAILED"}
                for logical_id in stack["_rollback_failed"]
            }

    stacks._roll_back_operation = rolled_back


def age_service_linked_roles() -> None:
    """Give a new service-linked role a creation date in the past.

    On AWS a new role can't be assumed for some seconds. Here it can, so no wait is needed.
    """
    from ministack.services import iam

    create, now = iam._IAM_HANDLERS["CreateServiceLinkedRole"], iam._now

    def aged(params: Params) -> Response:
        iam._now = lambda: "2020-01-01T00:00:00Z"
        try:
            response: Response = create(params)
            return response
        finally:
            iam._now = now

    iam._IAM_HANDLERS["CreateServiceLinkedRole"] = aged


def keep_milliseconds_of_ecs() -> None:
    """Return ECS timestamps with milliseconds, as AWS does; ministack cuts them to seconds."""
    from ministack.services import ecs

    in_seconds = ecs._ts_to_epoch

    def exact(value: Any) -> Any:
        if isinstance(in_seconds(value), int) and isinstance(value, str):
            return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
        return value

    ecs._ts_to_epoch = exact


def tell_changes_apart(create_only: Mapping[str, Mapping[str, str]]) -> None:
    """Make change sets report replacements like AWS, and respect conditions.

    Args:
        create_only: Always or Conditionally, by type and property, for types that ministack does
            not know. The execution of updates does not change.
    """
    from ministack.services.cloudformation import changesets, provisioners, stacks

    known = provisioners._REPLACING_PROPERTIES
    classify, resolve = stacks._property_recreation, changesets._resolve_props_for_diff

    def recreation(resource_type: str, name: str) -> str:
        if resource_type in known or resource_type not in create_only:
            return str(classify(resource_type, name))
        return create_only[resource_type].get(name, "Never")

    def resolved(template: Any, params: Any, stack_name: str, stack_id: str) -> Any:
        found = resolve(template, params, stack_name, stack_id)
        conditions = changesets._evaluate_conditions(template, params) if template else {}
        resources = {
            key: one
            for key, one in found.get("Resources", {}).items()
            if conditions.get(one.get("Condition"), True)
        }
        return {**found, "Resources": resources} if found else found

    stacks._property_recreation = recreation
    changesets._resolve_props_for_diff = resolved
