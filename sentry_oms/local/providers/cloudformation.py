"""CloudFormation actions: ministack forgets the notification topics of a stack.

``sceptre diff`` reads ``NotificationARNs`` of every stack and stops with a KeyError without it.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from sentry_oms.local.ministack import ActionHandler, Ministack, Params, Response, as_text

RECORD_KEY = "_notification_arns"
STACK_ID = "<StackId>(?P<id>[^<]+)</StackId>"


def complete_descriptions(ministack: Ministack) -> None:
    """Remember NotificationARNs when a stack is written, and give them in DescribeStacks."""
    of_change_sets: dict[tuple[str, str], list[str] | None] = {}

    def remember(params: Params, given: list[str] | None) -> None:
        record = ministack.stack_record(_first(params, "StackName"))
        if given is not None and record is not None:
            record[RECORD_KEY] = given

    def writing(original: ActionHandler) -> ActionHandler:
        def handle(params: Params) -> Response:
            response = original(params)
            if response[0] == 200:
                remember(params, topics(params))
            return response

        return handle

    def proposing(original: ActionHandler) -> ActionHandler:
        def handle(params: Params) -> Response:
            of_change_sets[_change_set(params)] = topics(params)
            return original(params)

        return handle

    def executing(original: ActionHandler) -> ActionHandler:
        def handle(params: Params) -> Response:
            response = original(params)
            if response[0] == 200:
                remember(params, of_change_sets.get(_change_set(params)))
            return response

        return handle

    def describing(original: ActionHandler) -> ActionHandler:
        def handle(params: Params) -> Response:
            status, headers, body = original(params)
            return status, headers, re.sub(STACK_ID, completed, as_text(body)).encode()

        return handle

    def completed(stack_id: re.Match[str]) -> str:
        record = ministack.stack_record(stack_id["id"]) or {}
        members = "".join(f"<member>{escape(arn)}</member>" for arn in record.get(RECORD_KEY, []))
        return f"{stack_id[0]}<NotificationARNs>{members}</NotificationARNs>"

    ministack.wrap_action("CreateStack", writing)
    ministack.wrap_action("UpdateStack", writing)
    ministack.wrap_action("CreateChangeSet", proposing)
    ministack.wrap_action("ExecuteChangeSet", executing)
    ministack.wrap_action("DescribeStacks", describing)


def topics(params: Params) -> list[str] | None:
    """The request's topics; None where it names none, which leaves those of the stack."""
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
