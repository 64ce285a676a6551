"""docs/SETTINGS.md, rendered from the model of config.yaml."""

from __future__ import annotations

from typing import Any

from sentry_oms.settings import JINJA, SCEPTRES, Settings

INTRODUCTION = """\
# Settings in config.yaml

<!-- Rendered from sentry_oms/settings.py: `make generated` writes it. -->

`config/config.yaml` applies to every environment, and `config/<env>/config.yaml` overrides it.
`oms check` reports an unknown or invalid setting ([OMS009](CHECKS.md#oms009)). Editors with a YAML
language server complete and check settings by `docs/schemas/config-1.json`, which the first line
of each config.yaml names.

A new setting that a stack file reads by Jinja needs no entry here. With an entry in
`sentry_oms/settings.py`, its values are checked too.

| setting | values | |
|---|---|---|
"""


def render() -> str:
    """Return the page."""
    properties = Settings.model_json_schema()["properties"]
    rows = [
        f"| `{name}` | {_values(one)} | {one['description']} |\n"
        for name, one in properties.items()
        if name not in SCEPTRES or one["description"] != "see Sceptre's documentation"
    ]
    others = ", ".join(f"`{name}`" for name in SCEPTRES)
    return (
        INTRODUCTION
        + "".join(rows)
        + "\nSceptre's own settings, in a config.yaml or a stack file, are described in\n"
        + "[its documentation][sceptre]:\n"
        + f"{others}.\n\n"
        + "[sceptre]: https://docs.sceptre-project.org/latest/docs/stack_group_config.html\n"
    )


def _values(one: dict[str, Any]) -> str:
    """Return the values that a property accepts."""
    if "anyOf" in one:
        return ", ".join(dict.fromkeys(_values(part) for part in one["anyOf"]))
    if "enum" in one or "const" in one:
        values = one.get("enum", [one.get("const")])
        texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
        return ", ".join(f"`{text}`" if text else "empty" for text in texts)
    if "pattern" in one:
        pattern = one["pattern"].removeprefix("^(").removesuffix(f"|{JINJA})?$")
        return f"`{pattern}`".replace("|", "\\|")
    if one.get("type") == "integer":
        return f"{one['minimum']} to {one['maximum']}"
    return {"boolean": "`true`, `false`", "array": "list", "object": "mapping"}.get(
        one.get("type", ""), "text"
    )


if __name__ == "__main__":
    print(render(), end="")
