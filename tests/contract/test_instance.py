"""The embedded AWS as a process: loopback only, found again by its nonce, honest after a crash."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from botocore.exceptions import ClientError

from sentry_oms.local import instance as module
from sentry_oms.local.instance import Instance, LocalError, Record
from tests.conftest import BIN, EmbeddedAws, first_port
from tests.rig.control import CONTROL_PATH

QUEUE = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "kept"}}}}


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """An instance that ends with the test."""
    instance = Instance(tmp_path / "local")
    yield instance
    instance.down()


def oms(instance: Instance, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "oms"), "local", "--directory", str(instance.directory), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def crash(record: Record) -> None:
    os.kill(record.pid, signal.SIGKILL)
    os.waitpid(record.pid, 0)


def test_it_listens_on_one_port_of_the_loopback_interface(instance: Instance) -> None:
    record, _ = instance.up(first_port())
    EmbeddedAws(record).deploy("s", QUEUE)
    family = [psutil.Process(record.pid), *psutil.Process(record.pid).children(recursive=True)]
    listening = [
        connection.laddr
        for process in family
        for connection in process.net_connections(kind="all")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening == [("127.0.0.1", record.port)]


def test_a_second_start_finds_the_first(instance: Instance) -> None:
    first, _ = instance.up(first_port())
    assert instance.up(first_port()) == (first, "is running already")


def test_a_taken_port_is_passed_over(instance: Instance) -> None:
    port = first_port() + 500
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        record, _ = instance.up(port)
    assert record.port > port


def test_a_port_that_somebody_takes_meanwhile_is_passed_over(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = first_port() + 600
    monkeypatch.setattr(module, "_free_ports", lambda _: iter([port, port + 1]))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        record, _ = instance.up(port)
    assert record.port == port + 1


def test_a_recorded_port_that_answers_as_somebody_else_is_not_used(
    instance: Instance, tmp_path: Path
) -> None:
    other = Instance(tmp_path / "other")
    stranger, _ = other.up(first_port())
    instance.directory.mkdir()
    forged = stranger.model_copy(update={"nonce": "another"})
    (instance.directory / "instance.json").write_text(forged.model_dump_json())
    with pytest.raises(LocalError, match="has crashed"):
        instance.running()
    record, _ = instance.up(first_port())
    assert record.port != stranger.port
    assert stranger.answers()
    other.down()


def test_what_exists_survives_a_clean_end(instance: Instance) -> None:
    EmbeddedAws(instance.up(first_port())[0]).deploy("s", QUEUE)
    assert instance.down()
    record, what = instance.up(first_port())
    assert what == "started with its saved state"
    aws = EmbeddedAws(record)
    assert aws.stack_names() == ["s"]
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 1


def test_a_crash_is_said_in_one_line_with_the_log_and_the_next_start_is_empty(
    instance: Instance,
) -> None:
    record, _ = instance.up(first_port())
    EmbeddedAws(record).deploy("s", QUEUE)
    crash(record)
    for command in ("env", "status"):
        done = oms(instance, command)
        assert done.returncode == 1
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"oms: the embedded AWS (pid {record.pid}) has crashed: ")
        assert str(instance.log) in line
    restarted, what = instance.up(first_port())
    assert what == "started empty, because it had not ended cleanly"
    assert EmbeddedAws(restarted).stack_names() == []


def test_what_was_saved_before_a_later_crash_does_not_come_back(instance: Instance) -> None:
    EmbeddedAws(instance.up(first_port())[0]).deploy("s", QUEUE)
    instance.down()
    record, _ = instance.up(first_port())
    EmbeddedAws(record).delete("s")
    crash(record)
    restarted, _ = instance.up(first_port())
    assert EmbeddedAws(restarted).stack_names() == []


def test_a_start_that_fails_names_its_cause_and_the_log(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(instance.directory))
    instance.directory.mkdir(parents=True)
    (instance.directory / "hypercorn.py").write_text("raise SystemExit('no server today')")
    with pytest.raises(LocalError, match=r"ended while starting: no server today; see .*aws.log"):
        instance.up(first_port())


def test_env_prints_assignments_and_nothing_else(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, _ = instance.up(first_port())
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "https://elsewhere")
    done = oms(instance, "env")
    assert done.returncode == 0
    assert f"export AWS_ENDPOINT_URL={record.endpoint}" in done.stdout.splitlines()
    assert "unset AWS_ENDPOINT_URL_SQS" in done.stdout.splitlines()
    assert all(line.startswith(("export ", "unset ")) for line in done.stdout.splitlines())


def test_it_starts_and_ends_by_its_commands(instance: Instance) -> None:
    started = oms(instance, "up", "--port", str(first_port()))
    assert started.stdout.startswith("The embedded AWS started empty: http://127.0.0.1:")
    assert oms(instance, "down").stdout == "The embedded AWS ended.\n"
    assert oms(instance, "down").stdout == "The embedded AWS was not running.\n"
    done = oms(instance, "env")
    assert done.returncode == 1
    assert "is not running: start it with `make launch`" in done.stderr


class TestWrapper:
    def test_nothing_is_counted_until_asked(self, aws: EmbeddedAws) -> None:
        aws.client("sqs").list_queues()
        assert aws.calls() == {}

    def test_calls_are_counted_by_action(self, aws: EmbeddedAws) -> None:
        aws.control()
        aws.client("sqs").list_queues()
        aws.client("cloudformation").describe_stacks()
        aws.client("cloudformation").describe_stacks()
        assert aws.calls() == {"ListQueues": 1, "DescribeStacks": 2}

    def test_latency_holds_every_call(self, aws: EmbeddedAws) -> None:
        aws.control(latency_seconds=0.3)
        start = time.monotonic()
        aws.client("sqs").list_queues()
        assert time.monotonic() - start >= 0.3
        aws.control()

    @pytest.mark.parametrize(
        ("service", "command", "action"),
        [
            ("cloudformation", "describe_stacks", "DescribeStacks"),
            ("ecs", "list_clusters", "ListClusters"),
        ],
    )
    def test_a_fault_stands_for_as_many_calls_as_said(
        self, aws: EmbeddedAws, service: str, command: str, action: str
    ) -> None:
        fault = {"action": action, "code": "AccessDenied", "message": "by a test", "times": 2}
        aws.control(faults=[fault])
        client = aws.client(service)
        for _ in range(2):
            with pytest.raises(client.exceptions.ClientError, match=r"AccessDenied.*by a test"):
                getattr(client, command)()
        getattr(client, command)()
        assert aws.calls() == {action: 3}

    @pytest.mark.parametrize(("after", "stacks"), [(False, []), (True, ["killed"])])
    def test_a_process_ends_at_the_call_that_is_named(
        self, aws: EmbeddedAws, after: bool, stacks: list[str]
    ) -> None:
        client = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        aws.control(kill={"pid": client.pid, "at_call": 2, "after": after})
        aws.client("cloudformation").describe_stacks()
        assert client.poll() is None
        # The call is made by this process and not by the one that ends, so it is answered.
        with suppress(ClientError):
            aws.client("cloudformation", retries={"total_max_attempts": 1}).create_stack(
                StackName="killed", TemplateBody=json.dumps(QUEUE)
            )
        assert client.wait(5) == -signal.SIGKILL
        aws.control()
        assert aws.stack_names() == stacks
        if stacks:
            aws.settled("killed")
            aws.delete("killed")

    def test_the_kill_is_for_this_machine_only(self, aws: EmbeddedAws) -> None:
        elsewhere = urllib.request.Request(
            aws.endpoint + CONTROL_PATH, headers={"Host": "evil.example"}, method="PUT", data=b"{}"
        )
        with pytest.raises(OSError, match="HTTP Error 4"):
            urllib.request.urlopen(elsewhere)

    def test_a_misspelt_setting_is_refused(self, aws: EmbeddedAws) -> None:
        with pytest.raises(OSError, match="400"):
            aws.control(latency=1)

    def test_the_nonce_is_in_the_record_only(self, aws: EmbeddedAws) -> None:
        assert aws.record.answers()
        forged = Record(pid=aws.record.pid, port=aws.record.port, nonce="guess")
        assert not forged.answers()
        assert json.loads(aws.record.model_dump_json())["nonce"] != "guess"
