"""The templates as each environment gets them, whatever the shell has set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from unittest.mock import patch

from sentry_oms.cloudformation.placeholders import ACCOUNT
from sentry_oms.cloudformation.templates import Template
from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from sentry_oms.offline.project import Project
from sentry_oms.offline.reading import read_environment
from tools.lint import ROOT

GROUPS = (*ENVIRONMENTS, BOOTSTRAP)
"""The groups of stacks: the environments, and the account's own."""

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
def project(group: str) -> Project:
    """Return the stacks of a group as a launch would read them."""
    with patch.dict(os.environ, VARIABLES):
        return read_environment(ROOT, group)


@cache
def deployed(group: str) -> Mapping[str, Template]:
    """Return each stack's template with every value filled in, by the stack's own name."""
    with patch.dict(os.environ, VARIABLES):
        templates = project(group).deployed
    return {name.removeprefix(f"{group}/"): one for name, one in templates.items()}
