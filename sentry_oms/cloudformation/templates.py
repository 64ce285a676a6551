"""Python templates whose ``sceptre_user_data`` is a model.

A template file says ``sceptre_handler = handler("sqs", Messaging, render)``; what is wrong in the
YAML is then named in one line. (Raised from inside the template file, Sceptre would add a
traceback of it: ``sceptre/template_handlers/helper.py``, ``print_template_traceback``.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import cfn_flip
from sceptre.exceptions import TemplateSceptreHandlerError

from sentry_oms.arguments import Model, validate

Template = dict[str, Any]
"""A CloudFormation template as JSON has it."""


def handler(
    stack: str, model: type[Model], render: Callable[[Model], Template]
) -> Callable[[Mapping[str, Any]], str]:
    """A ``sceptre_handler`` that validates the user data, renders, and minifies.

    Args:
        stack: the name of the stack file, for the message.
        model: the shape of the stack's ``sceptre_user_data``.
        render: makes the template of a valid model.

    The body has no white space: CloudFormation takes 51,200 bytes, and pretty-printed queues of
    four exchanges are more.
    """

    def sceptre_handler(sceptre_user_data: Mapping[str, Any]) -> str:
        label = f"{sceptre_user_data.get('environment', '?')}/{stack}: sceptre_user_data"
        data = validate(model, sceptre_user_data, label, TemplateSceptreHandlerError)
        return json.dumps(render(data), separators=(",", ":"))

    return sceptre_handler


def loaded(body: str) -> Any:
    """What a body says, in JSON or in YAML; it need not be a template."""
    body = body.removeprefix("---\n")
    if body.lstrip().startswith("{"):
        return json.loads(body)
    # It comes as ordered dictionaries of a class that is slow to walk.
    return json.loads(json.dumps(cfn_flip.load_yaml(body), default=str))


def deployed_template(stack: Any) -> Template:
    """The template of a ``sceptre.stack.Stack`` as CloudFormation was given it.

    Raises:
        ClientError: there is no such stack.
    """
    response = stack.connection_manager.call(
        service="cloudformation",
        command="get_template",
        kwargs={"StackName": stack.external_name, "TemplateStage": "Original"},
    )
    body = response["TemplateBody"]
    # boto gives JSON as a dictionary, and YAML as a text.
    template: Template = loaded(body) if isinstance(body, str) else body
    return template
