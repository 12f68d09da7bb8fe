"""Find the address at which Docker's containers reach this machine."""

import ipaddress
import json
import subprocess

# containers find this machine by this name: of itself in Docker Desktop, and by --add-host
NAME = "host.docker.internal"
ADD_HOST = f"{NAME}:host-gateway"
ASK_TIMEOUT_SECONDS = 30


class DockerError(Exception):
    """Docker does not do its part; the text says what is wrong."""


def bridge_address() -> str:
    """Return the address of Docker's host on the network that containers are in by default.

    Where Docker runs in a machine of its own, as Docker Desktop does, it is that machine's.

    Raises:
        DockerError: Docker is not there, or does not run.
    """
    config = json.loads(_inspected())
    # the engine leaves out the gateway that it has chosen by itself: the first address
    first = str(ipaddress.ip_network(config["Subnet"])[1])
    return str(config.get("Gateway") or first)


def _inspected() -> str:
    command = ["docker", "network", "inspect", "bridge"]
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            [*command, "--format", "{{json (index .IPAM.Config 0)}}"],
            capture_output=True,
            text=True,
            timeout=ASK_TIMEOUT_SECONDS,
            check=True,
        )
    except FileNotFoundError:
        raise DockerError("There is no Docker here, and sam local runs functions in it") from None
    except subprocess.TimeoutExpired:
        raise DockerError(f"Docker says nothing for {ASK_TIMEOUT_SECONDS} s") from None
    except subprocess.CalledProcessError as error:
        raise DockerError(f"Docker does not work: {error.stderr.strip()}") from None
    return done.stdout
