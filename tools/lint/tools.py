"""Running a linter as a program, without the network and the shell's variables."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from tools.lint import ROOT
from tools.lint.report import LinterError

NOWHERE = "http://127.0.0.1:9"
"""A proxy that does not exist."""

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
CHECKOV = ROOT / ".tools/checkov/bin/checkov"


def run(command: Sequence[str | Path], good: Collection[int], **settings: str) -> str:
    """Return what a program prints.

    Args:
        command: the program and its arguments.
        good: the exit codes of a run that worked, with findings or without.
        settings: environment variables for it.

    Raises:
        LinterError: it is not installed, or it failed.
    """
    tool = Path(command[0])
    # With the shell's variables, such as a key or an address, a program could call its maker.
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    environ = {
        **{name: os.environ.get(name, "") for name in ("PATH", "HOME")},
        **dict.fromkeys(proxies, NOWHERE),
        "LC_ALL": "C.UTF-8",
        **settings,
    }
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise LinterError(f"{tool} is not installed; run make lint") from None
    if done.returncode not in good or (done.stderr.strip() and not done.stdout.strip()):
        *_, last = ["no output", *(done.stderr or done.stdout).strip().splitlines()]
        raise LinterError(f"{tool.name} failed with exit code {done.returncode}: {last}")
    return done.stdout


def key(path: str) -> tuple[str, str]:
    """Return the environment and the stack of a file that ``linters.write`` wrote."""
    return Path(path).parent.name, Path(path).stem
