"""Nothing that a person has set may lead a launch on the embedded AWS elsewhere."""

from __future__ import annotations

import pytest

from sentry_oms.local.environment import isolated, settings, shell_lines

ENDPOINT = "http://127.0.0.1:4566"
TRAPS = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL_CLOUDFORMATION",
    "AWS_ENDPOINT_URL_SQS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "HTTPS_PROXY",
    "https_proxy",
    "http_proxy",
    "ALL_PROXY",
]


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_taken_out(name: str) -> None:
    assert name not in isolated(ENDPOINT, {name: "elsewhere"})
    assert f"unset {name}" in shell_lines(ENDPOINT, {name: "elsewhere"})


def test_endpoint_and_credentials_are_set_over_what_was_there() -> None:
    mine = {"AWS_ENDPOINT_URL": "https://aws", "AWS_ACCESS_KEY_ID": "real", "AWS_REGION": "x"}
    assert isolated(ENDPOINT, mine) == settings(ENDPOINT)


def test_the_shared_files_are_turned_off() -> None:
    assert settings(ENDPOINT)["AWS_CONFIG_FILE"] == "/dev/null"
    assert settings(ENDPOINT)["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_everything_else_stays() -> None:
    assert isolated(ENDPOINT, {"PATH": "/bin", "ENV": "dev"})["PATH"] == "/bin"
