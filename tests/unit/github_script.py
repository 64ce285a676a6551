"""In place of actions/github-script: a script under node, with a GitHub that writes down what it is
asked."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

NODE = ROOT / ".tools/node/bin/node"
HARNESS = Path(__file__).with_name("github_script.cjs")


@dataclass(frozen=True)
class Asked:
    """What a script did.

    Args:
        calls: of GitHub's API, each with its name and its parameters.
        notices: what it wrote into the run's summary.
        failed: with what it failed its step, or None.
    """

    calls: list[tuple[str, dict[str, Any]]]
    notices: list[str]
    failed: str | None


def run(
    script: str, directory: Path, env: Mapping[str, str], issues: Sequence[Mapping[str, Any]] = ()
) -> Asked:
    """Run a script.

    Args:
        script: as its step writes it.
        directory: the checkout.
        env: of its step.
        issues: those of the repository, each with number, state, user and body.
    """
    done = subprocess.run(
        [NODE, HARNESS],
        cwd=directory,
        env={"PATH": os.environ["PATH"], **env},
        input=json.dumps({"script": script, "issues": list(issues)}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    return Asked([(name, given) for name, given in made["calls"]], made["notices"], made["failed"])
