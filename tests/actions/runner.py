"""Running a workflow's jobs in a directory, one after the other, as a runner of GitHub's would.

What of GitHub's is not here: its actions, for which a test gives what stands in, its services, the
approval of an environment, and concurrency.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.actions.expression import Open, Scope, Value, condition, text
from tests.actions.workflow import Job, Step, jobs

BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""What GitHub runs where ``shell: bash`` is written."""

SUCCESS, FAILURE, SKIPPED = "success", "failure", "skipped"


class StepFailedError(Exception):
    """An action's stand-in fails its step."""


Action = Callable[[Mapping[str, str], Mapping[str, str]], None]
"""In place of an action: given what its step passes, and the step's environment.

Raises:
    StepFailedError: the action would fail.
"""


@dataclass
class Ran:
    """What became of a job."""

    conclusion: str = SUCCESS
    outcomes: dict[str, str] = field(default_factory=dict)
    """Of each step, by its name or its action."""
    said: str = ""
    """What its commands printed."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Of a call, what it was given."""
    environment: str = ""
    """The GitHub environment that it ran in."""


class Runner:
    """Runs the workflows of one event.

    Args:
        directory: the checkout.
        environ: of every command, before what a workflow sets.
        github: the context of this name, the event in it.
        variables: the repository's.
        actions: what stands in for each action, by its name.
        left_out: commands that are not run, since the directory has what they make.
    """

    def __init__(
        self,
        directory: Path,
        environ: Mapping[str, str],
        github: Mapping[str, Any],
        variables: Mapping[str, str],
        actions: Mapping[str, Action],
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self.directory = directory
        self.environ = environ
        self.github = github
        self.variables = variables
        self.actions = actions
        self.left_out = left_out

    def run(self, workflow: str, inputs: Mapping[str, str] | None = None) -> dict[str, Ran]:
        """Run a workflow; what became of each job, of a call that of the workflow called.

        Raises:
            ExpressionError: an expression holds what is not known here.
            UnknownKeyError: the workflow does.
            NotImplementedError: it calls for a matrix.
        """
        ran: dict[str, Ran] = {}
        for name, job in jobs(workflow).items():
            contexts: dict[str, Value] = {
                "github": self.github,
                "vars": Open(self.variables),
                "inputs": dict(inputs or {}),
            }
            ran[name] = self._job(job, contexts, [ran[one].conclusion for one in job.needs])
        return ran

    def _job(self, job: Job, contexts: dict[str, Value], before: list[str]) -> Ran:
        scope = Scope(contexts, _status(all(one == SUCCESS for one in before)))
        if not condition(job.written.get("if", "success()"), scope):
            return Ran(SKIPPED)
        if job.called:
            given = {key: text(value, scope) for key, value in job.written["with"].items()}
            (called,) = self.run(job.called, given).values()
            called.inputs = given
            return called
        if "strategy" in job.written:
            raise NotImplementedError(f"{job.name}: a matrix")
        return self._steps(job, contexts)

    def _steps(self, job: Job, contexts: dict[str, Value]) -> Ran:
        outer = Scope(contexts, {})
        env = {key: text(value, outer) for key, value in job.written.get("env", {}).items()}
        steps: dict[str, Value] = {}
        contexts.update(env=Open(env), steps=steps)
        ran = Ran(environment=text(job.written.get("environment", ""), outer))
        for step in job.steps:
            scope = Scope(
                contexts,
                {**_status(ran.conclusion == SUCCESS), "hashFiles": self._hash_files},
            )
            outputs: dict[str, str] = {}
            outcome = SKIPPED
            if condition(step.condition, scope):
                outcome = self._step(job, step, scope, env, ran, outputs)
            if outcome == FAILURE:
                ran.conclusion = FAILURE
            if step.id:
                steps[step.id] = {"outcome": outcome, "outputs": Open(outputs)}
            ran.outcomes[step.name or step.action] = outcome
        return ran

    def _step(
        self,
        job: Job,
        step: Step,
        scope: Scope,
        env: Mapping[str, str],
        ran: Ran,
        outputs: dict[str, str],
    ) -> str:
        own = {**env, **{key: text(value, scope) for key, value in step.env.items()}}
        if step.uses:
            given = {key: text(value, scope) for key, value in step.given.items()}
            try:
                self.actions[step.action](given, own)
            except StepFailedError as failed:
                ran.said += f"{failed}\n"
                return FAILURE
            return SUCCESS
        assert "${{" not in step.run
        assert job.shell == "bash", "then GitHub's shell is without pipefail"
        if step.run in self.left_out:
            return SUCCESS
        done, written = self._shell(step.run, own)
        ran.said += done.stdout
        outputs.update(written)
        return SUCCESS if done.returncode == 0 else FAILURE

    def _shell(
        self, script: str, env: Mapping[str, str]
    ) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        output = self.directory / ".github-output"
        output.write_text("")
        done = subprocess.run(
            [*BASH, "-c", script],
            cwd=self.directory,
            env={**self.environ, **env, "GITHUB_OUTPUT": str(output), "CI": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines = output.read_text().splitlines()
        output.unlink()
        return done, dict(line.split("=", 1) for line in lines)

    def _hash_files(self, pattern: str) -> str:
        return "0123" if any(self.directory.glob(pattern)) else ""


def _status(succeeded: bool) -> dict[str, Callable[..., Value]]:
    return {
        "success": lambda: succeeded,
        "failure": lambda: not succeeded,
        "always": lambda: True,
        "cancelled": lambda: False,
    }
