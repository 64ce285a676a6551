"""The template that templates/messaging/sqs_queues.py renders."""

from __future__ import annotations

import json
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

import pytest
from sceptre.exceptions import TemplateSceptreHandlerError

from tests.conftest import ROOT, template

USER_DATA = {
    "environment": "dev",
    "exchanges": ["bitget", "bingx", "okx"],
    "queues": [
        {"name": "master-order", "fifo": True},
        {"name": "order-execution-polling"},
        {"name": "clients-events"},
    ],
}


def module() -> Any:
    """Load the template file as Sceptre does, because it belongs to no package."""
    loader = SourceFileLoader("sqs_queues", str(ROOT / "templates/messaging/sqs_queues.py"))
    spec = spec_from_loader("sqs_queues", loader)
    assert spec
    loaded = module_from_spec(spec)
    loader.exec_module(loaded)
    return loaded


def body(**changes: Any) -> str:
    return str(module().sceptre_handler({**USER_DATA, **changes}))


def rendered(**changes: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(body(**changes))
    return loaded


def queues(whole: dict[str, Any]) -> dict[str, Any]:
    return {
        key: resource
        for key, resource in whole["Resources"].items()
        if resource["Type"] == "AWS::SQS::Queue"
    }


def test_a_removed_exchange_leaves_the_other_queues_unchanged() -> None:
    """With numbered slots, every queue after it would be replaced and lose its orders."""
    whole, without = rendered()["Resources"], rendered(exchanges=["bitget", "okx"])["Resources"]
    assert all(key.startswith("Bingx") for key in whole.keys() - without.keys())
    del without["TransportPolicy"]
    assert {key: whole[key] for key in without} == without


@pytest.mark.parametrize("count", [3, 7])
def test_the_body_fits_into_a_request(count: int) -> None:
    """CloudFormation accepts 51,200 bytes."""
    exchanges = [f"exchng{number:02}" for number in range(count)]
    assert len(body(exchanges=exchanges).encode()) <= 51_200


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("exchanges", ["Bad"], "^dev/sqs: sceptre_user_data exchanges"),
        ("environment", "q a", "^q a/sqs: .* environment: "),
    ],
)
def test_invalid_user_data_is_reported_with_the_stack(field: str, value: Any, fault: str) -> None:
    with pytest.raises(TemplateSceptreHandlerError, match=fault):
        body(**{field: value})


class TestSeedTemplate:
    """templates/messaging/sqs-queues.json, for the seed's command."""

    SEED = template("messaging/sqs-queues.json")

    def test_it_is_up_to_date_and_fits_into_a_request(self) -> None:
        text = (ROOT / "templates/messaging/sqs-queues.json").read_text()
        assert text == module().seed_template(), "run `make generated`"
        assert len(text.encode()) <= 51_200

    def test_it_has_nine_parameters_with_one_allowed_value(self) -> None:
        slots = {key: one for key, one in self.SEED["Parameters"].items() if key[:5] == "Queue"}
        assert list(slots) == [f"Queue{number}Name" for number in range(1, 10)]
        assert all(one["AllowedValues"] == [one["Default"]] for one in slots.values())

    def test_its_queues_have_the_names_of_sceptres_rendering(self) -> None:
        """Otherwise the change to Sceptre would replace a queue."""
        ours = rendered()["Resources"]
        assert self.SEED["Resources"].keys() == ours.keys()
        for key, queue in queues(self.SEED).items():
            name = queue["Properties"]["QueueName"]["Fn::Sub"]
            for slot, parameter in self.SEED["Parameters"].items():
                name = name.replace(f"${{{slot}}}", parameter.get("Default", f"${{{slot}}}"))
            assert name == ours[key]["Properties"]["QueueName"]["Fn::Sub"]
