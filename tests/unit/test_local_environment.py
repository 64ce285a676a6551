"""No setting of the user leads a launch on the embedded AWS elsewhere."""

from __future__ import annotations

import pytest

from sentry_oms.local.environment import isolated, settings, shell_lines

ENDPOINT = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"),
        *("AWS_ENDPOINT_URL_CLOUDFORMATION", "AWS_ENDPOINT_URL_SQS"),
        *("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        *("HTTPS_PROXY", "https_proxy", "http_proxy", "ALL_PROXY"),
    ],
)
def test_a_variable_that_leads_elsewhere_is_removed(name: str) -> None:
    assert name not in isolated(ENDPOINT, {name: "elsewhere"})
    assert f"unset {name}" in shell_lines(ENDPOINT, {name: "elsewhere"})


def test_endpoint_and_credentials_are_replaced_and_other_variables_stay() -> None:
    mine = {"AWS_ENDPOINT_URL": "https://aws", "AWS_ACCESS_KEY_ID": "real", "AWS_REGION": "x"}
    other = {"PATH": "/bin", "ENV": "dev"}
    assert isolated(ENDPOINT, {**mine, **other}) == {**settings(ENDPOINT), **other}


@pytest.mark.parametrize("name", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_the_shared_files_are_not_read(name: str) -> None:
    assert settings(ENDPOINT)[name] == "/dev/null"
