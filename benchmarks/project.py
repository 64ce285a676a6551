"""Copies of the project to run commands in: with our executor or without, once or ten times."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

ENVIRONMENT = "dev"

VARIABLES = {
    "CODESTAR_CONNECTION_ARN": "arn:aws:codestar-connections:us-east-1:000000000000:connection/x",
    "OMS_SOURCE_REPOSITORY": "org/oms-spider",
    "ALARM_TOPIC_ARN": "",
    "CERTIFICATE_ARN": "",
}
"""Without a connection there are no pipelines."""

ENVIRONMENTS = tuple(f"{ENVIRONMENT}{number}" for number in range(10))
EVERYTHING = "."
"""The path of every environment."""

_EXECUTOR = re.compile(r"^executor:.*\n", re.MULTILINE)


def copy(directory: Path, *, ours: bool) -> Path:
    """The project in a new directory, run by our executor or by stock Sceptre's."""
    for name in ("config", "templates"):
        shutil.copytree(ROOT / name, directory / name)
    _set_executor(directory / "config/config.yaml", ours=ours)
    return directory


def resize_services(project: Path) -> None:
    """Change what makes the three task stacks, and no other, update.

    Raises:
        ValueError: config.yaml has not the settings any more.
    """
    file = project / "config/config.yaml"
    text, times = re.subn(r"^(\w+)_cpu: .*$", r'\1_cpu: "1024"', file.read_text(), flags=re.M)
    text, more = re.subn(r"^(\w+)_memory: .*$", r'\1_memory: "4096"', text, flags=re.M)
    if times != 3 or more != 3:
        raise ValueError(f"{file} has {times} settings of CPU and {more} of memory: three expected")
    file.write_text(text)


def copy_of_ten(directory: Path, *, ours: bool) -> Path:
    """A project of ten environments, each of them dev under another name.

    What a template or a tag says only of dev, staging and prod is widened: in the copy for
    templates, and by ``many_environments`` for tags.
    """
    copy(directory, ours=ours)
    real = [path for path in (directory / "config").iterdir() if path.is_dir()]
    single = directory / "config" / ENVIRONMENT
    for environment in ENVIRONMENTS:
        group = directory / "config" / environment
        shutil.copytree(single, group)
        config = group / "config.yaml"
        # It says its name twice: as a setting, and as the value of a tag.
        name = re.compile(rf": {ENVIRONMENT}$", re.MULTILINE)
        config.write_text(name.sub(f": {environment}", config.read_text()))
    for folder in real:
        shutil.rmtree(folder)
    for template in directory.glob("templates/*/*.json"):
        loaded = json.loads(template.read_text())
        if "Environment" in loaded.get("Parameters", {}):
            template.write_text(json.dumps(_widened(loaded)))
    queues = directory / "templates/messaging/sqs_queues.py"
    queues.write_text(
        queues.read_text().replace('["dev", "staging", "prod"]', repr(list(ENVIRONMENTS)))
    )
    return directory


def _set_executor(config: Path, *, ours: bool) -> None:
    without = _EXECUTOR.sub("", config.read_text())
    config.write_text(without + ("\nexecutor: ready_queue\n" if ours else ""))


def _widened(template: dict[str, Any]) -> dict[str, Any]:
    """A template that treats each of the ten environments as dev."""
    template["Parameters"]["Environment"]["AllowedValues"] = list(ENVIRONMENTS)
    for by_environment in template.get("Mappings", {}).values():
        if ENVIRONMENT in by_environment:
            by_environment.update(dict.fromkeys(ENVIRONMENTS, by_environment[ENVIRONMENT]))
    return template
