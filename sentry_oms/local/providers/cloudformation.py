"""CloudFormation actions: ministack forgets the topics and the change set of a stack.

``sceptre diff`` reads ``NotificationARNs`` of every stack, and fails with a KeyError without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.sax.saxutils import escape

from sentry_oms.local.behaviour import CHANGE_SET_KEY
from sentry_oms.local.ministack import ActionHandler, Ministack, Params, Response, as_text

RECORD_KEY = "_notification_arns"
STACK_ID = "<StackId>(?P<id>[^<]+)</StackId>"


def complete_descriptions(ministack: Ministack) -> None:
    """Return NotificationARNs and ChangeSetId in DescribeStacks, and record the former."""
    of_change_sets: dict[tuple[str, str], list[str] | None] = {}

    def record(params: Params, given: list[str] | None) -> None:
        record = ministack.stack_record(_first(params, "StackName"))
        if given is not None and record is not None:
            record[RECORD_KEY] = given

    def written(params: Params) -> None:
        record(params, topics(params))

    def proposed(params: Params) -> None:
        of_change_sets[_change_set(params)] = topics(params)

    def executed(params: Params) -> None:
        record(params, of_change_sets.get(_change_set(params)))

    def after(action: str, note: Callable[[Params], None]) -> None:
        def noting(original: ActionHandler) -> ActionHandler:
            def handle(params: Params) -> Response:
                response = original(params)
                if response[0] == 200:
                    note(params)
                return response

            return handle

        ministack.wrap_action(action, noting)

    def describing(original: ActionHandler) -> ActionHandler:
        def handle(params: Params) -> Response:
            status, headers, body = original(params)
            return status, headers, re.sub(STACK_ID, completed, as_text(body)).encode()

        return handle

    def completed(stack_id: re.Match[str]) -> str:
        record = ministack.stack_record(stack_id["id"]) or {}
        members = "".join(f"<member>{escape(arn)}</member>" for arn in record.get(RECORD_KEY, []))
        change_set = record.get(CHANGE_SET_KEY)
        executed = f"<ChangeSetId>{change_set}</ChangeSetId>" if change_set else ""
        return f"{stack_id[0]}{executed}<NotificationARNs>{members}</NotificationARNs>"

    after("CreateStack", written)
    after("UpdateStack", written)
    after("CreateChangeSet", proposed)
    after("ExecuteChangeSet", executed)
    ministack.wrap_action("DescribeStacks", describing)


def topics(params: Params) -> list[str] | None:
    """Return the request's topics; None, which keeps those of the stack, if it names none."""
    keys = [key for key in params if key.startswith("NotificationARNs")]
    if not keys:
        return None
    members = [key for key in keys if key.startswith("NotificationARNs.member.")]
    return [_first(params, key) for key in sorted(members, key=lambda key: int(key.split(".")[-1]))]


def _change_set(params: Params) -> tuple[str, str]:
    return _first(params, "StackName"), _first(params, "ChangeSetName")


def _first(params: Params, key: str) -> str:
    value = params.get(key, "")
    return str(value[0] if isinstance(value, list) else value)
