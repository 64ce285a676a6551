"""The process of the embedded AWS: its port, its record, and its state after an end and a crash."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sentry_oms.local import instance as module
from sentry_oms.local.instance import Instance, LocalError, Record
from tests.conftest import BIN, EmbeddedAws, first_port

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
    assert instance.up(first_port())[0] == first


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_taken_port_is_skipped(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, meanwhile: bool
) -> None:
    """Also a port that is taken after it was found free."""
    port = first_port() + 500
    if meanwhile:
        monkeypatch.setattr(module, "_free_ports", lambda _: iter([port, port + 1]))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        record, _ = instance.up(port)
    assert record.port > port


def test_a_recorded_port_of_another_instance_is_not_used(
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


def test_state_survives_a_clean_end(instance: Instance) -> None:
    """Of ministack, and of the services that are ours."""
    aws = EmbeddedAws(instance.up(first_port())[0])
    aws.deploy("s", QUEUE)
    connections = aws.client("codestar-connections")
    connections.create_connection(ConnectionName="kept", ProviderType="GitHub")
    assert instance.down()
    record, what = instance.up(first_port())
    assert "empty" not in what
    aws = EmbeddedAws(record)
    assert aws.stack_names() == ["s"]
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 1
    found = aws.client("codestar-connections").list_connections()["Connections"]
    assert [one["ConnectionName"] for one in found] == ["kept"]


def test_a_crash_is_reported_with_the_log_and_the_next_start_is_empty(
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
    assert what.startswith("started empty, ")
    assert EmbeddedAws(restarted).stack_names() == []


def test_state_that_was_saved_before_a_crash_does_not_come_back(instance: Instance) -> None:
    EmbeddedAws(instance.up(first_port())[0]).deploy("s", QUEUE)
    instance.down()
    record, _ = instance.up(first_port())
    EmbeddedAws(record).delete("s")
    crash(record)
    restarted, _ = instance.up(first_port())
    assert EmbeddedAws(restarted).stack_names() == []


def test_a_failed_start_names_its_cause_and_the_log(
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


def test_the_nonce_is_in_the_record_only(instance: Instance) -> None:
    record, _ = instance.up(first_port())
    assert record.answers()
    assert not record.model_copy(update={"nonce": "guess"}).answers()
