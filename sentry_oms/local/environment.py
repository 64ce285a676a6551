"""The environment variables with which a launch reaches the embedded AWS and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
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


def variables(file: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a shell file sets in a shell with the environment ``environ``."""
    if not file.exists():
        return {}
    names = re.findall(r"^(\w+)=", file.read_text(), flags=re.MULTILINE)
    dump = "import json, os; print(json.dumps(dict(os.environ)))"
    set_in_shell = subprocess.run(
        ["sh", "-c", 'set -a; . "$0"; exec "$@"', file.resolve(), sys.executable, "-c", dump],
        env=dict(environ),
        check=True,
        stdout=subprocess.PIPE,
    )
    values = json.loads(set_in_shell.stdout)
    return {name: values[name] for name in names}


def shell_lines(
    endpoint: str, environ: Mapping[str, str], more: Mapping[str, str] | None = None
) -> list[str]:
    """Return ``unset`` and ``export`` lines for a shell with the environment ``environ``.

    Args:
        endpoint: of the embedded AWS.
        environ: of the shell.
        more: further variables to export.
    """
    exported = {**(more or {}), **settings(endpoint)}
    return [f"unset {name}" for name in cleared(environ)] + [
        f"export {name}={quote(value)}" for name, value in exported.items()
    ]


def isolated(endpoint: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return ``environ``, changed for a process that uses the embedded AWS."""
    kept = {name: value for name, value in environ.items() if name not in cleared(environ)}
    return {**kept, **settings(endpoint)}
