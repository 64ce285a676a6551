"""A person's shell, and the commands that a page tells the person to type."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.conftest import BIN, ROOT, Project
from tests.readme.page import blocks

AWS_CLI = ROOT / ".tools/awscli/bin/aws"


def bash_blocks(page: str) -> list[str]:
    """Return the text of each bash block."""
    return [block.text for block in blocks(page) if block.language == "bash"]


def sections(page: str) -> dict[str, list[str]]:
    """Return the bash blocks of a page by their heading of level two."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)[1:]
    found = zip(parts[::2], map(bash_blocks, parts[1::2]), strict=True)
    return {heading: texts for heading, texts in found if texts}


class Shell:
    """A shell with the AWS CLI, in a copy of the project that is a git repository."""

    def __init__(self, project: Project, bin_directory: Path) -> None:
        self.project = project
        assert AWS_CLI.exists(), "`make test` sets up the AWS CLI"
        # Version 1 of the AWS CLI ignores AWS_ENDPOINT_URL for some services.
        (bin_directory / "aws").write_text(
            f'#!/bin/sh\nexec {AWS_CLI} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n'
        )
        (bin_directory / "aws").chmod(0o755)
        git = [f"GIT_{one}_{what}" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
        self._environ = {
            **project.environ,
            **dict.fromkeys(git, "x"),
            "PATH": os.pathsep.join([str(bin_directory), str(BIN), os.environ["PATH"]]),
            "AWS_DEFAULT_OUTPUT": "json",
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        self.type("git init -q . && git add -A && git commit -qm first")

    def type(self, text: str) -> str:
        """Run commands that must succeed, and return their output."""
        done = self.try_(text)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def try_(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run commands until the first that fails."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self.project.directory,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
