"""Running what others wrote, and letting it reach nobody."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from tools.lint.paths import BIN, ROOT
from tools.lint.report import JudgeError

NOWHERE = "http://127.0.0.1:9"
"""A proxy that nobody answers at."""

CFN_LINT = BIN / "cfn-lint"
CHECKOV = ROOT / ".tools/checkov/bin/checkov"
CFN_GUARD = ROOT / ".tools/node/node_modules/@cdklabs/cdk-validator-cfnguard"


def run(command: Sequence[str | Path], good: Collection[int], **settings: str) -> str:
    """What a tool prints; arguments and errors are ``finished``'s."""
    return finished(command, good, **settings).stdout


def finished(
    command: Sequence[str | Path], good: Collection[int], **settings: str
) -> subprocess.CompletedProcess[str]:
    """A tool that did its work, with what it printed.

    Args:
        command: the tool with its arguments.
        good: the exit codes with which it says that it did its work, findings or none.
        settings: environment variables for it.

    Raises:
        JudgeError: it is not there, or ended in another way.
    """
    tool = Path(command[0])
    # Nothing of the caller's: a key or an address in the environment would make a tool call home.
    environ = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", ""),
        "LC_ALL": "C.UTF-8",
        "HTTP_PROXY": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "http_proxy": NOWHERE,
        "https_proxy": NOWHERE,
        **settings,
    }
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise JudgeError(f"there is no {tool}: `make lint` installs it") from None
    if done.returncode not in good or (done.stderr.strip() and not done.stdout.strip()):
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise JudgeError(f"{tool.name} ended with {done.returncode} and said: {said[-1]}")
    return done


def parsed(tool: str, output: str) -> Any:
    """What a tool printed as JSON.

    Raises:
        JudgeError: it is none.
    """
    try:
        return json.loads(output)
    except json.JSONDecodeError:
        start = output.strip()[:80] or "nothing"
        raise JudgeError(f"{tool} printed no JSON but: {start}") from None


def guard_binary() -> Path:
    """The cfn-guard of this machine, which the npm package ships for Linux and macOS.

    Raises:
        JudgeError: it ships none.
    """
    system = {"Linux": "ubuntu", "Darwin": "macos"}.get(platform.system(), platform.system())
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    binary = CFN_GUARD / "bin" / system / machine / "cfn-guard"
    if CFN_GUARD.is_dir() and not binary.is_file():
        raise JudgeError(f"cfn-guard comes for Linux and macOS, and not for {system} {machine}")
    return binary


def place(path: str) -> tuple[str, str]:
    """Environment and stack of a file that ``written.write`` wrote."""
    file = Path(path)
    return file.parent.name, file.stem
