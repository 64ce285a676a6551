"""The environment variables with which a client reaches the embedded AWS and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from shlex import quote

HOST = "127.0.0.1"
REGION = "us-east-1"

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_CREDENTIALS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)


def settings(endpoint: str) -> dict[str, str]:
    """Return the variables that point every AWS client at the embedded AWS.

    They also disable the shared files, in which a profile may set an endpoint or a proxy.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
    }


def cleared(names: Iterable[str]) -> list[str]:
    """Return the variables that could lead a client to another endpoint."""
    return sorted(
        name
        for name in names
        if name in _CREDENTIALS or name.startswith("AWS_ENDPOINT_URL_") or name.upper() in _PROXIES
    )


def shell_lines(endpoint: str, environ: Mapping[str, str]) -> list[str]:
    """Return ``unset`` and ``export`` lines for a shell with the environment ``environ``."""
    return [f"unset {name}" for name in cleared(environ)] + [
        f"export {name}={quote(value)}" for name, value in settings(endpoint).items()
    ]


def isolated(endpoint: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return ``environ``, changed for a process that uses the embedded AWS."""
    kept = {name: value for name, value in environ.items() if name not in cleared(environ)}
    return {**kept, **settings(endpoint)}
