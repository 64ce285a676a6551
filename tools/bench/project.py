"""A copy of the project to run commands in, with our executor or without."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENT = "dev"
VARIABLES = {
    "CODESTAR_CONNECTION_ARN": "arn:aws:codestar-connections:us-east-1:000000000000:connection/x",
    "OMS_SOURCE_REPOSITORY": "org/oms-spider",
    "ALARM_TOPIC_ARN": "",
    "CERTIFICATE_ARN": "",
}


def copy(directory: Path, *, ours: bool) -> Path:
    """Copy the project to a new directory, with the line ``executor:`` only if ``ours``."""
    for name in ("config", "templates"):
        shutil.copytree(ROOT / name, directory / name)
    config = directory / "config/config.yaml"
    stock = re.sub(r"^executor:.*\n", "", config.read_text(), flags=re.MULTILINE)
    config.write_text(stock + ("\nexecutor: ready_queue\n" if ours else ""))
    return directory


def resize_services(project: Path) -> None:
    """Change settings that update the three task stacks and no other.

    Raises:
        ValueError: config.yaml has no such settings any more.
    """
    file = project / "config/config.yaml"
    text, cpus = re.subn(r"^(\w+)_cpu: .*$", r'\1_cpu: "1024"', file.read_text(), flags=re.M)
    text, memories = re.subn(r"^(\w+)_memory: .*$", r'\1_memory: "4096"', text, flags=re.M)
    if (cpus, memories) != (3, 3):
        raise ValueError(f"{file} sets CPU {cpus} times and memory {memories}: expected 3 of each")
    file.write_text(text)
