"""The settings of this project's config.yaml files: one model for the check, the docs and editors.

Every file is valid on its own: an environment's config.yaml overrides single settings, so none is
required. ``python -m sentry_oms.settings`` prints the JSON schema.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from sceptre.config.reader import (
    CONFIG_MERGE_STRATEGIES,
    STACK_CONFIG_ATTRIBUTES,
    STACK_GROUP_CONFIG_ATTRIBUTES,
)

from sentry_oms.cloudformation.regions import regions
from sentry_oms.names import Environment, Name

JINJA = r"\{\{.*\}\}"
"""An expression, whose value is known only after Jinja."""


def _region(name: str) -> str:
    if name not in regions():
        raise ValueError(f"AWS has no region '{name}'")
    return name


def _matching(pattern: str) -> Any:
    """Constrain a text to the pattern, the empty text, or a Jinja expression."""
    return Field(pattern=rf"^({pattern}|{JINJA})?$")


def _unquoted(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


Cpu = Annotated[Literal["", 256, 512, 1024, 2048, 4096], BeforeValidator(_unquoted)]
Memory = Annotated[
    Literal[""] | Annotated[int, Field(ge=512, le=30_720)], BeforeValidator(_unquoted)
]
Capacity = Annotated[int, Field(ge=0, le=1000)]
Repository = Annotated[str, _matching(r"[A-Za-z0-9_.-]+(@\d+)?/[A-Za-z0-9_.-]+(@\d+)?")]
ImageTag = Annotated[str, _matching(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")]
SERVICES = ("frontend", "oms", "websocket")
OF_A_SERVICE: dict[str, tuple[Any, str]] = {
    "cpu": (Cpu, "CPU units of a task; empty: the template's default"),
    "memory": (Memory, "MiB of a task; empty: the template's default"),
    "min": (Capacity, "minimum of auto scaling; 0: the template's default"),
    "max": (Capacity, "maximum of auto scaling; 0: the template's default"),
    "count": (Capacity, "tasks to start with; 0 stops the service and keeps it stopped"),
    "image_tag": (ImageTag, "tag of the first image, if newest_image is false"),
}

SCEPTRES = sorted(
    {
        *CONFIG_MERGE_STRATEGIES,
        *STACK_CONFIG_ATTRIBUTES.required,
        *STACK_CONFIG_ATTRIBUTES.optional,
        *STACK_GROUP_CONFIG_ATTRIBUTES.required,
        *STACK_GROUP_CONFIG_ATTRIBUTES.optional,
        "disable_rollback",
        "ignore",
        "obsolete",
    }
)
"""Settings that Sceptre reads, in a stack file or in a config.yaml."""


class _Own(BaseModel):
    model_config = ConfigDict(extra="forbid", title="config.yaml of Sentry OMS")

    project_code: str = Field("", description="Sceptre's name of the project")
    region: Annotated[str, AfterValidator(_region)] = Field("", description="AWS region")
    executor: Literal["", "ready_queue"] = Field("", description="empty: Sceptre's executor")
    house_rules: bool = Field(False, description="also check this project's own rules")
    launch_lock: bool = Field(
        False, description="let one command at a time write to an environment"
    )
    environment: Literal[""] | Environment = Field("", description="name of the folder")
    exchanges: list[Name] = Field([], description="names of the exchanges")
    vpc_cidr: Annotated[str, _matching(r"172\.22\.0\.0/16|10\.\d{1,3}\.0\.0/16")] = Field(
        "", description="CIDR of the VPC; empty: the template's default"
    )
    multi_az: Literal[False, True, "prepare"] = Field(
        False, description="a second NAT gateway and Redis node; switch through prepare"
    )
    interface_endpoints: bool = Field(False, description="VPC endpoints of AWS services")
    redis_node_type: Annotated[str, _matching(r"cache\.[a-z0-9]+\.[a-z0-9]+")] = Field(
        "", description="node type of Redis; empty: the template's default"
    )
    newest_image: bool = Field(True, description="take the newest image before a deployment")
    cognito_mfa: Literal["OFF", "OPTIONAL", "ON"] = Field(
        "OPTIONAL", description="minimum MFA of the user pool"
    )
    state_protection: Literal["none", "updates", "full"] = Field(
        "none", description="see !protect_state in docs/HOOKS.md"
    )
    empty_buckets: bool = Field(True, description="empty buckets when their stack is deleted")
    permissions_boundary: bool = Field(True, description="roles carry bootstrap's boundary")
    codestar_connection_arn: Annotated[
        str, _matching(r"arn:aws:(codestar-connections|codeconnections):.+")
    ] = Field("", description="connection to GitHub; empty: no pipelines")
    source_repository: Repository = Field("", description="repository of the services")
    source_branch: str = Field("", description="branch that the pipelines build")
    alarm_topic_arn: Annotated[str, _matching(r"arn:aws:sns:.+")] = Field(
        "", description="SNS topic of alarms; empty: none"
    )
    certificate_arn: Annotated[str, _matching(r"arn:aws:acm:.+")] = Field(
        "", description="certificate of the load balancer; empty: HTTP"
    )
    required_variables: list[str] = Field(
        [], description="environment variables without which no launch begins"
    )
    stack_tags: dict[str, str] = Field({}, description="tags of every stack")
    infrastructure_repository: Repository = Field("", description="repository of this project")
    launch_branch: str = Field("", description="pushes to this branch launch dev")
    oidc_provider_arn: Annotated[str, _matching(r"arn:aws:iam::\d+:oidc-provider/.+")] = Field(
        "", description="the account's OIDC provider of GitHub; empty creates it"
    )


_OF_SERVICES: dict[str, Any] = {
    f"{service}_{name}": (kind, Field(None, description=f"{service}: {description}"))
    for service in SERVICES
    for name, (kind, description) in OF_A_SERVICE.items()
}
_OF_SCEPTRE: dict[str, Any] = {
    name: (Any, Field(None, description="see Sceptre's documentation"))
    for name in SCEPTRES
    if name not in _Own.model_fields
}
Settings = create_model("Settings", __base__=_Own, **_OF_SERVICES, **_OF_SCEPTRE)
"""The settings of a config.yaml."""


def schema() -> str:
    """Return the JSON schema of a config.yaml."""
    found = Settings.model_json_schema()
    for one in found["properties"].values():
        one.pop("default", None)
    return json.dumps(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}, indent=2
    )


if __name__ == "__main__":
    print(schema())
