"""Accept ``sceptre diff dev/task-oms`` without ``.yaml``, and report an unknown path.

Sceptre 4.7 accepts only ``dev/task-oms.yaml`` and says "No stacks detected" otherwise. Every
command with a path calls ``SceptreContext.full_command_path`` after loading the tags and before
reading config.

Upstream: no issue asks for it. It can be removed when Sceptre accepts a stack's name as its path.
"""

from __future__ import annotations

from pathlib import Path

from sceptre.context import SceptreContext
from sceptre.exceptions import ConfigFileNotFoundError

from sentry_oms.names import BOOTSTRAP

_original = SceptreContext.full_command_path


def install() -> None:
    """Replace ``SceptreContext.full_command_path``."""
    SceptreContext.full_command_path = full_command_path


def full_command_path(self: SceptreContext) -> str:
    """Return the absolute path of the stack file or stack group on the command line.

    Raises:
        ConfigFileNotFoundError: neither exists; lists the valid names.
    """
    path = Path(_original(self))
    if path.exists():
        return str(path)
    stack_file = path.with_name(f"{path.name}.yaml")
    if stack_file.is_file():
        self.command_path = f"{self.command_path}.yaml"
        return str(stack_file)
    config = Path(self.full_config_path())
    raise ConfigFileNotFoundError(
        f"'{self.command_path}' is not in config: {_choices(path, config)}"
    )


def _choices(path: Path, config: Path) -> str:
    group = path.parent if path.parent != config and path.parent.is_dir() else config
    if group == config:
        names = sorted(p.name for p in config.iterdir() if p.is_dir() and p.name != BOOTSTRAP)
        return f"its environments are {', '.join(names)}"
    names = sorted(p.stem for p in group.glob("*.yaml") if p.name != "config.yaml")
    return f"the stacks of {group.relative_to(config)} are {', '.join(names)}"
