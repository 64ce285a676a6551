"""Old and new values of the properties that a change set changes.

With ``IncludePropertyValues``, CloudFormation gives a resource's properties before and after as
JSON. If it gives none, like the embedded AWS, the templates are evaluated; a value that only AWS
knows is then shown as its expression. Values that may be secret are masked as in drift.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sentry_oms.cloudformation.evaluate import Evaluator, function_of
from sentry_oms.cloudformation.folding import fold
from sentry_oms.cloudformation.no_echo import MASKED
from sentry_oms.cloudformation.templates import Template
from sentry_oms.executor.drift.masking import Mask, mask_for, one_line
from sentry_oms.plan.change import Action, ResourceChange, ValueChange

_BEFORE_A_DIFFERENCE = 20
"""Characters that stay of a long text before the first difference."""
_LONG = 100


class Side(NamedTuple):
    """The properties of a stack's resources, before or after a launch."""

    properties: Mapping[str, Any]
    mask: Mask

    @classmethod
    def of(cls, template: Template, evaluator: Evaluator, parameters: Mapping[str, str]) -> Side:
        """Return the side of a template with its parameters."""
        resources = fold(template, evaluator)["Resources"]
        properties = {key: one.get("Properties") or {} for key, one in resources.items()}
        return cls(properties, mask_for(template, parameters))


def with_values(
    resources: Iterable[ResourceChange],
    announced: Iterable[Mapping[str, Any]],
    before: Side,
    after: Side,
) -> tuple[ResourceChange, ...]:
    """Return the changes of resources with the old and new values of the properties that change.

    Args:
        resources: the changes.
        announced: all ``Changes`` of DescribeChangeSet.
        before: as deployed.
        after: as a launch will send it.
    """
    given = {
        one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"]
        for one in announced
        if "ResourceChange" in one
    }

    def values(change: ResourceChange) -> Iterator[ValueChange]:
        key, causes = change.logical_id, {cause.property for cause in change.causes}
        old, new = _contexts(given.get(key, {})) or (
            side.properties.get(key, {}) for side in (before, after)
        )
        for path, was, becomes in _differences(old, new, ""):
            if path.split("/")[1] in causes:
                yield _shown(path, was, becomes, key, (before.mask, after.mask))

    return tuple(
        one.model_copy(update={"values": tuple(values(one))})
        if one.action in (Action.MODIFY, Action.REPLACE)
        else one
        for one in resources
    )


def _contexts(change: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Return the properties before and after that CloudFormation gives; None if it gives none."""
    texts = change.get("BeforeContext"), change.get("AfterContext")
    if None in texts:
        return None
    old, new = (json.loads(str(text)).get("Properties", {}) for text in texts)
    return old, new


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield path, old and new value of each difference; None is an absent value."""
    if isinstance(old, list) and isinstance(new, list):
        named = _by_name(old), _by_name(new)
        if named[0] is not None and named[1] is not None:
            old, new = named
        elif len(old) == len(new) and all(map(_is_plain, [*old, *new])):
            old, new = ({str(number): item for number, item in enumerate(x)} for x in (old, new))
    if old == new:
        return
    if _is_plain(old) and _is_plain(new):
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(key), new.get(key), f"{path}/{key}")
        return
    items: list[tuple[str, Any, Any]] = []
    if isinstance(old, list) and isinstance(new, list):
        items += [(path, item, None) for item in old if item not in new]
        items += [(path, None, item) for item in new if item not in old]
    # Of a list in another order, both are given.
    yield from items or [(path, old, new)]


def _is_plain(value: Any) -> bool:
    """Return whether it is a mapping and not an intrinsic function."""
    return isinstance(value, Mapping) and function_of(value) is None


def _by_name(items: list[Any]) -> dict[str, Any] | None:
    """Return the items of a list by their Name or Key, if each has one of its own."""
    for name in ("Name", "Key"):
        keys = [item.get(name) if isinstance(item, Mapping) else None for item in items]
        if all(isinstance(key, str) for key in keys) and len(set(keys)) == len(keys):
            return dict(zip(map(str, keys), items, strict=True))
    return None


def _shown(path: str, old: Any, new: Any, key: str, masks: tuple[Mask, Mask]) -> ValueChange:
    texts = [_text(value) for value in (old, new)]
    if any(mask(key, path, text) == MASKED for mask in masks for text in texts):
        texts = [MASKED, MASKED]
    elif max(map(len, texts)) > _LONG and None not in (old, new):
        start = _first_difference(*texts) - _BEFORE_A_DIFFERENCE
        texts = [f"...{text[start:]}" if start > 0 else text for text in texts]
    was, becomes = (
        None if value is None else one_line(text)
        for value, text in zip((old, new), texts, strict=True)
    )
    return ValueChange(path=path, old=was, new=becomes)


def _first_difference(old: str, new: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
