"""Docker is asked where this machine is, and what it lacks is told plainly."""

from pathlib import Path

import pytest

from infra.sam_local import docker


def install(folder: Path, script: str) -> None:
    """Put a program in Docker's place."""
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder where programs are looked for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ('{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.9"}', "172.17.0.9"),
        ('{"Subnet": "10.99.0.0/24"}', "10.99.0.1"),
    ],
)
def test_address_is_the_gateway_of_the_bridge(folder: Path, said: str, address: str) -> None:
    install(folder, f"echo '{said}'")

    assert docker.bridge_address() == address


@pytest.mark.usefixtures("folder")
def test_missing_docker_is_told_plainly() -> None:
    with pytest.raises(docker.DockerError, match="There is no Docker here"):
        docker.bridge_address()


def test_docker_that_does_not_run_is_told_in_its_own_words(folder: Path) -> None:
    install(folder, "echo 'Is the docker daemon running?' >&2; exit 1")

    with pytest.raises(docker.DockerError, match=r"Docker does not work: Is the docker daemon"):
        docker.bridge_address()
