"""What templates/messaging/sqs_queues.py renders."""

from __future__ import annotations

import json
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

import pytest
from sceptre.exceptions import TemplateSceptreHandlerError

from tests.conftest import ROOT, template

SEED = {
    "environment": "dev",
    "exchanges": ["bitget", "bingx", "okx"],
    "queues": [
        {"name": "master-order", "fifo": True},
        {"name": "order-execution-polling"},
        {"name": "clients-events"},
    ],
}


def module() -> Any:
    """The template file, loaded as Sceptre loads it: it is in no package."""
    loader = SourceFileLoader("sqs_queues", str(ROOT / "templates/messaging/sqs_queues.py"))
    spec = spec_from_loader("sqs_queues", loader)
    assert spec
    loaded = module_from_spec(spec)
    loader.exec_module(loaded)
    return loaded


def body(**changes: Any) -> str:
    return str(module().sceptre_handler({**SEED, **changes}))


def rendered(**changes: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(body(**changes))
    return loaded


def queues(whole: dict[str, Any]) -> dict[str, Any]:
    return {
        key: resource
        for key, resource in whole["Resources"].items()
        if resource["Type"] == "AWS::SQS::Queue"
    }


def test_an_exchange_taken_out_leaves_every_other_queue_untouched() -> None:
    """With numbered slots, every queue after it would be replaced and its orders lost."""
    whole, without = rendered()["Resources"], rendered(exchanges=["bitget", "okx"])["Resources"]
    gone = whole.keys() - without.keys()
    assert all(key.startswith("Bingx") for key in gone)
    assert {key: whole[key] for key in without if key != "TransportPolicy"} == {
        key: without[key] for key in without if key != "TransportPolicy"
    }


def test_a_queue_and_its_dead_letter_queue_are_of_one_type() -> None:
    found = queues(rendered())
    assert len(found) == 18
    for key, resource in found.items():
        redrive = resource["Properties"].get("RedrivePolicy")
        if redrive:
            target = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
            assert target == key.removesuffix("Queue") + "DeadLetterQueue"
            pair = (resource["Properties"], found[target]["Properties"])
            assert pair[0].get("FifoQueue") == pair[1].get("FifoQueue")


def test_the_source_of_a_dead_letter_queue_is_named_as_the_queue_is() -> None:
    found = queues(rendered())
    name = found["OkxOrdersQueue"]["Properties"]["QueueName"]["Fn::Sub"]
    allow = found["OkxOrdersDeadLetterQueue"]["Properties"]["RedriveAllowPolicy"]
    assert allow["sourceQueueArns"][0]["Fn::Sub"].rpartition(":")[2] == name


def test_every_queue_is_under_the_transport_policy() -> None:
    whole = rendered()
    policy = whole["Resources"]["TransportPolicy"]["Properties"]
    assert [ref["Ref"] for ref in policy["Queues"]] == [*queues(whole)]


def test_prod_keeps_its_queues() -> None:
    for resource in queues(rendered()).values():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            assert resource[policy] == {"Fn::If": ["IsProd", "Retain", "Delete"]}


@pytest.mark.parametrize("count", [3, 7])
def test_the_body_is_minified_to_fit(count: int) -> None:
    """CloudFormation takes 51,200 bytes in a request; a bigger body needs a bucket."""
    exchanges = [f"exchng{number:02}" for number in range(count)]
    assert len(body(exchanges=exchanges).encode()) <= 51_200


def test_what_is_wrong_is_named_with_the_stack() -> None:
    with pytest.raises(TemplateSceptreHandlerError, match=r"^dev/sqs: sceptre_user_data exchanges"):
        body(exchanges=["Bad"])
    with pytest.raises(TemplateSceptreHandlerError, match=r"^qa/sqs: .* environment: Input should"):
        body(environment="qa")


class TestSeedTemplate:
    """templates/messaging/sqs-queues.json, for who types the seed's command."""

    def checked_in(self) -> dict[str, Any]:
        return template("messaging/sqs-queues.json")

    def test_it_is_fresh(self) -> None:
        """Where this fails: ``make generated``."""
        text = (ROOT / "templates/messaging/sqs-queues.json").read_text()
        assert text == module().seed_template()

    def test_it_fits_into_a_request(self) -> None:
        assert len(module().seed_template().encode()) <= 51_200

    def test_its_nine_parameters_take_the_seeds_names_and_no_other(self) -> None:
        slots = {
            key: value["AllowedValues"]
            for key, value in self.checked_in()["Parameters"].items()
            if key.startswith("Queue")
        }
        assert list(slots) == [f"Queue{number}Name" for number in range(1, 10)]
        assert sorted(name for (name,) in slots.values()) == sorted(
            name.removesuffix("-queue-${Environment}.fifo").removesuffix("-queue-${Environment}")
            for name in (
                resource["Properties"]["QueueName"]["Fn::Sub"]
                for key, resource in queues(rendered()).items()
                if "DeadLetter" not in key
            )
        )

    def test_who_goes_over_to_sceptre_has_no_queue_replaced(self) -> None:
        seed, ours = self.checked_in(), rendered()
        assert seed["Resources"].keys() == ours["Resources"].keys()
        for key, resource in queues(seed).items():
            name = resource["Properties"]["QueueName"]["Fn::Sub"]
            for slot, parameter in seed["Parameters"].items():
                name = name.replace(f"${{{slot}}}", parameter.get("Default", f"${{{slot}}}"))
            assert name == ours["Resources"][key]["Properties"]["QueueName"]["Fn::Sub"]
