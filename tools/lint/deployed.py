"""The templates as each environment gets them, whatever the shell has set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from unittest.mock import patch

from sentry_oms.cloudformation.placeholders import ACCOUNT
from sentry_oms.cloudformation.templates import Template
from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from sentry_oms.offline.reading import read_environment
from tools.lint.paths import ROOT

GROUPS = (*ENVIRONMENTS, BOOTSTRAP)
"""All that is deployed: the environments, and what is the account's."""

REGION = "us-east-1"

CONNECTION = f"arn:aws:codestar-connections:{REGION}:{ACCOUNT}:connection/example"

VARIABLES = {
    "CODESTAR_CONNECTION_ARN": CONNECTION,
    "OMS_INFRASTRUCTURE_REPOSITORY": "org@1234/sentry-oms-infrastructure@5678",
    "OMS_SOURCE_REPOSITORY": "org/oms-spider",
    "ALARM_TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms",
    "CERTIFICATE_ARN": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/example",
}


@cache
def deployed(environment: str) -> Mapping[str, Template]:
    """Each stack's template with everything concrete, by the stack without its environment."""
    with patch.dict(os.environ, VARIABLES):
        templates = read_environment(ROOT, environment).deployed
    return {name.removeprefix(f"{environment}/"): one for name, one in templates.items()}
