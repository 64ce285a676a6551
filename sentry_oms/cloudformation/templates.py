"""Python templates whose ``sceptre_user_data`` is a model.

A template file sets ``sceptre_handler = handler("sqs", Messaging, render)``. A fault in the YAML is
then reported in one line. If the template file itself raised the error, Sceptre would add a
traceback (``sceptre/template_handlers/helper.py``, ``print_template_traceback``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import cfn_flip
from sceptre.exceptions import TemplateSceptreHandlerError

from sentry_oms.arguments import Model, validate

Template = dict[str, Any]
"""A CloudFormation template, parsed."""


def handler(
    stack: str, model: type[Model], render: Callable[[Model], Template]
) -> Callable[[Mapping[str, Any]], str]:
    """Return a ``sceptre_handler`` that validates the user data, renders, and minifies.

    Args:
        stack: the name of the stack file, for the message.
        model: the model of the stack's ``sceptre_user_data``.
        render: returns the template for a valid model.

    The body has no white space, because the queues of four exchanges would be more than the
    51,200 bytes that CloudFormation accepts.
    """

    def sceptre_handler(sceptre_user_data: Mapping[str, Any]) -> str:
        label = f"{sceptre_user_data.get('environment', '?')}/{stack}: sceptre_user_data"
        data = validate(model, sceptre_user_data, label, TemplateSceptreHandlerError)
        return json.dumps(render(data), separators=(",", ":"))

    return sceptre_handler


def loaded(body: str) -> Any:
    """Parse a body in JSON or YAML. It may not be a template."""
    body = body.removeprefix("---\n")
    if body.lstrip().startswith("{"):
        return json.loads(body)
    # cfn-flip returns a dictionary class that is slow to walk.
    return json.loads(json.dumps(cfn_flip.load_yaml(body), default=str))


def deployed_template(stack: Any) -> Template:
    """Return the deployed template of a ``sceptre.stack.Stack``.

    Raises:
        ClientError: the stack does not exist.
    """
    response = stack.connection_manager.call(
        service="cloudformation",
        command="get_template",
        kwargs={"StackName": stack.external_name, "TemplateStage": "Original"},
    )
    body = response["TemplateBody"]
    # boto3 returns JSON as a dictionary, and YAML as text.
    template: Template = loaded(body) if isinstance(body, str) else body
    return template
