"""Rules about settings of stack files and of config.yaml."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from sentry_oms.checks.rule import Phase, rule
from sentry_oms.cloudformation.regions import regions
from sentry_oms.names import BOOTSTRAP
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.given import given_values
from sentry_oms.offline.group_config import invalid_settings, repeated_keys
from sentry_oms.offline.project import Project
from sentry_oms.offline.source import Source
from sentry_oms.offline.stack_file import StackFile
from sentry_oms.settings import SCEPTRES

KNOWN = {*SCEPTRES, "project_path", "stack_group_path"}
"""The settings of a stack file, and those that Sceptre's reader adds."""


@rule(
    "OMS009",
    cause="A setting in config.yaml is misspelt or has an invalid value. Sceptre accepts any "
    "setting there: with `state_protecton: full`, prod would be unprotected.",
    remedy="see docs/SETTINGS.md",
    phase=Phase.SETTINGS,
    house=True,
)
def group_config_valid(project: Project) -> Iterator[Fault]:
    """Every setting of config.yaml is known and valid."""
    return invalid_settings(project)


@rule(
    "OMS015",
    cause="A key is given twice in one mapping. YAML keeps the last one and drops the other.",
    remedy="remove one of them",
    phase=Phase.SETTINGS,
    house=True,
)
def keys_distinct(project: Project) -> Iterator[Fault]:
    """No key is given twice."""
    return repeated_keys(project)


@rule(
    "OMS005",
    cause="A key at the top of a stack file is misspelt. Sceptre ignores it silently: a stack with "
    "`paramaters:` launches with defaults.",
    remedy="correct its name, or move it into a config.yaml if it is a variable of your own",
    phase=Phase.READING,
    house=True,
)
def setting_known(project: Project) -> Iterator[Fault]:
    """Sceptre knows every setting of a stack file."""
    for file in project.stacks:
        for key in sorted(set(file.stack.config) - set(file.stack.stack_group_config) - KNOWN):
            close = get_close_matches(key, KNOWN, n=1)
            remedy = f"did you mean {close[0]}?" if close else None
            yield file.fault(key, "is unknown to Sceptre, which ignores it", remedy)


REQUIRED = "required_variables"


@rule(
    "OMS006",
    cause="A value that is not in the repository comes from a variable of the shell, and the "
    "variable is not set. An unset variable would silently remove an alarm topic or a certificate; "
    "a variable that is set to nothing means none, and passes.",
    remedy="set it, or set it to nothing for none; .variables describes it",
    phase=Phase.READING,
)
def variable_set(project: Project) -> Iterator[Fault]:
    """Every required variable is set."""
    for file in project.stacks:
        required = file.stack.stack_group_config.get(REQUIRED, [])
        source = project.source_of(file, REQUIRED)
        if not isinstance(required, list) or not all(isinstance(one, str) for one in required):
            yield Fault(source, REQUIRED, "must be a list of names", "write it as one")
            continue
        for name in required:
            if name not in os.environ:
                yield Fault(source, f"{REQUIRED}.{name}", "is not set in the environment")


@rule(
    "OMS008",
    cause="config.yaml was copied from another environment and not changed. Every stack would have "
    "the other environment's name or tag, and a launch would change that environment.",
    remedy="write the folder's name",
    phase=Phase.READING,
    house=True,
)
def environment_named(project: Project) -> Iterator[Fault]:
    """An environment has the name of its folder."""
    for file in project.stacks:
        folder = file.group
        tags = file.stack._tags if file.group != BOOTSTRAP else None
        named = {
            "environment": file.stack.stack_group_config.get("environment", folder),
            "stack_tags.Environment": (tags or {}).get("Environment", folder),
        }
        for field, name in named.items():
            if name != folder:
                source = Source.read(project.root, f"config/{folder}/config.yaml")
                message = f"is '{name}', in the folder of {folder}"
                yield Fault(source, field, message, f"write {folder}", file.name)


NAME = re.compile(r"[A-Za-z][-A-Za-z0-9]{0,127}")
"""Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"""


@rule(
    "OMS010",
    cause="`stack_name` is missing, or has other characters than letters, digits and hyphens, or "
    "more than 128. Without it, Sceptre derives a name from the path, and creates a second stack.",
    remedy="use letters, digits and hyphens, a letter first, at most 128 in all",
)
def stack_name_valid(project: Project) -> Iterator[Fault]:
    """Every stack has a valid name."""
    for file in project.stacks:
        name = file.stack.config.get("stack_name")
        if not name and project.has_house_rules:
            message = f"is missing: Sceptre would call the stack {file.stack.external_name}"
            yield file.fault("stack_name", message, "set it")
        elif not NAME.fullmatch(str(file.stack.external_name)):
            yield file.fault("stack_name", f"CloudFormation refuses '{file.stack.external_name}'")


@rule(
    "OMS011",
    cause="A stack file was copied and its `stack_name` not changed. Both would be one stack on "
    "AWS: each launch would replace everything that the other one created.",
    remedy="give each its own",
    house=True,
)
def stack_name_unique(project: Project) -> Iterator[Fault]:
    """No two stacks share a name."""
    first: dict[Any, StackFile] = {}
    checked = {file.name for file in project.stacks}
    for file in project.sound:
        key = (file.stack.external_name, file.stack.region, file.account)
        holder = first.setdefault(key, file)
        if holder is not file and checked & {file.name, holder.name}:
            message = f"{file.stack.external_name} is the name of {holder.name}.yaml too"
            yield file.fault("stack_name", message)


@rule(
    "OMS012",
    cause="`stack_timeout` is missing. A service that never becomes stable would hold its stack "
    "for hours.",
    remedy="set it in minutes",
    house=True,
)
def stack_timeout_set(project: Project) -> Iterator[Fault]:
    """Every stack has a timeout."""
    for file in project.stacks:
        timeout = file.stack.stack_timeout
        if not timeout:
            yield file.fault("stack_timeout", "is not set: a creation that hangs never ends")
        elif isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 0:
            yield file.fault("stack_timeout", f"'{timeout}' is not a number of minutes")


MOST_TAGS = 50
LETTERS = re.compile(r"[\w\s.:/=+\-@]*")
"""Valid in a tag of every service; CloudFormation copies a stack's tags to its resources, and
itself accepts other characters, too.

Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""
ANY = re.compile(r".*", re.DOTALL)


@rule(
    "OMS013",
    cause="More than 50 tags, a key that begins with `aws:`, or an invalid character. "
    "CloudFormation refuses the stack, or a service refuses one of its resources.",
    remedy="letters, digits, spaces and . : / = + - @ _ are allowed",
)
def stack_tags_valid(project: Project) -> Iterator[Fault]:
    """A stack's tags are valid."""
    letters = LETTERS if project.has_house_rules else ANY
    for file in project.stacks:
        tags = file.stack._tags or {}
        if len(tags) > MOST_TAGS:
            message = f"has {len(tags)} tags; CloudFormation accepts {MOST_TAGS}"
            yield file.fault("stack_tags", message)
        for key, value in tags.items():
            yield from _tag_faults(file, str(key), value, letters)


def _tag_faults(
    file: StackFile, key: str, value: object, letters: re.Pattern[str]
) -> Iterator[Fault]:
    field = f"stack_tags.{key}"
    if key.lower().startswith("aws:"):
        yield file.fault(field, "begins with aws:, which is reserved")
    elif not 0 < len(key) <= 128 or not letters.fullmatch(key):
        yield file.fault(field, "is not a valid key of a tag")
    elif isinstance(value, str) and not (len(value) <= 256 and letters.fullmatch(value)):
        yield file.fault(field, f"'{value[:60]}' is not a valid value of a tag")


REGIONAL = re.compile(r"arn:aws:(?:acm|sns|codestar-connections|secretsmanager|sqs):([a-z0-9-]+):")
ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)([a-z])")
ZONES = {"us-east-1": "abcdef", "sa-east-1": "abc"}
"""The zones of the regions that the project is tested for; elsewhere any letter passes.

Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
"""


@rule(
    "OMS014",
    cause="The region is misspelt.",
    remedy="name a region that AWS has",
)
def region_exists(project: Project) -> Iterator[Fault]:
    """The region exists."""
    for file in project.stacks:
        if file.stack.region not in regions():
            source = project.source_of(file, "region")
            message = f"AWS has no region '{file.stack.region}'"
            yield Fault(source, "region", message, stack=file.name)


@rule(
    "OMS016",
    cause="A zone, a certificate, a topic or a secret is of another region: `region` was changed "
    "and the value was not.",
    remedy="name one of the stack's region",
    house=True,
)
def values_of_region(project: Project) -> Iterator[Fault]:
    """Zones and ARNs are of the stack's region."""
    for given in given_values(project):
        region = given.file.stack.region
        for item in given.items if region in regions() else ():
            arn, zone = REGIONAL.match(item), ZONE.fullmatch(item)
            if arn and arn[1] != region:
                yield given.fault(f"'{item}' is of {arn[1]}", f"name one of {region}")
            elif zone and zone[1] != region:
                yield given.fault(f"'{item}' is a zone of {zone[1]}", f"name one of {region}")
            elif zone and zone[2] not in ZONES.get(region, zone[2]):
                has = ", ".join(region + letter for letter in ZONES[region])
                yield given.fault(f"{region} has no zone '{item}'", f"it has {has}")
