"""Corrections of ministack's CloudFormation, IAM and ECS where they differ from AWS.

Each function replaces a private function of ministack once, when the server starts.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sentry_oms.local.ministack import Params, Response

CHANGE_SET_KEY = "_change_set_id"
"""The key of the last executed change set in the record of a stack."""
BUCKET_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com(?:\.cn)?")
"""The host of a URL that names the bucket in its host, with or without a region.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""


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


def read_urls_of_buckets() -> None:
    """Read a template from ``https://bucket.s3.region.amazonaws.com/key``.

    ministack takes the first part of the path for the bucket in every URL.
    """
    from ministack.services.cloudformation import helpers

    resolve = helpers._resolve_document

    def resolved(params: Params, body_key: str, url_key: str, label: str) -> Any:
        url = urlsplit(helpers._p(params, url_key))
        bucket = BUCKET_HOST.fullmatch(url.netloc)
        path = unquote(f"/{bucket['bucket']}{url.path}" if bucket else url.path)
        given = {**params, url_key: url._replace(path=path).geturl()}
        return resolve(given, body_key, url_key, label)

    helpers._resolve_document = resolved


def refuse_unknown_parameters() -> None:
    """Refuse parameters that the template does not declare, like AWS."""
    from ministack.services.cloudformation import changesets, engine, handlers

    resolve = engine._resolve_parameters

    def resolved(template: Any, given: list[dict[str, Any]], *previous: Any) -> Any:
        unknown = [one["Key"] for one in given if one["Key"] not in template.get("Parameters", {})]
        if unknown:
            raise ValueError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        return resolve(template, given, *previous)

    for module in (changesets, engine, handlers):
        module._resolve_parameters = resolved


def require_capabilities() -> None:
    """Refuse a template whose capabilities are not acknowledged, like AWS.

    ministack does so only if it also checks credentials.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    from ministack.services.cloudformation import handlers

    handlers._capabilities_enforced = lambda: True


def refuse_properties_of_wait_condition_handles() -> None:
    """Fail the creation of a wait condition handle that has properties, like AWS.

    The type has none. Sceptre's integration tests let stacks fail with it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitconditionhandle.html
    """
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::CloudFormation::WaitConditionHandle"]
    create = handlers["create"]

    def created(logical_id: str, properties: Mapping[str, Any], stack_name: str) -> Any:
        for name in properties:
            raise ValueError(f"Encountered unsupported property {name}")
        return create(logical_id, properties, stack_name)

    handlers["create"] = created


def remove_executed_change_sets() -> None:
    """Remove a change set after its execution, and keep its ID in the stack, like AWS.

    ministack removes the other change sets of the stack only.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
    """
    from ministack.services import cloudformation
    from ministack.services.cloudformation import changesets

    track = changesets._track_change_set_execution

    async def tracked(
        change_set: dict[str, Any], stack: dict[str, Any], deployed: Awaitable[None]
    ) -> None:
        stack[CHANGE_SET_KEY] = change_set["ChangeSetId"]
        await track(change_set, stack, deployed)
        if change_set["ExecutionStatus"] == "EXECUTE_COMPLETE":
            cloudformation._change_sets.pop(change_set["ChangeSetId"], None)

    changesets._track_change_set_execution = tracked
