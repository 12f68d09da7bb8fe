"""The TypeScript client: its types are those of the document, and it works on each Node."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.clients.conftest import CLIENTS, NODES, Node
from tests.support.running import Service

pytestmark = pytest.mark.clients

DOCUMENT = Path("functions/contract/openapi.json")
# so many people with an expired access token do its tests use up
EXPIRED = 8


def test_types_are_those_of_the_document(node: Node, tmp_path: Path) -> None:
    anew = tmp_path / "schema.ts"
    document = str(CLIENTS.parent / DOCUMENT)

    done = node.run("node_modules/.bin/openapi-typescript", document, "--output", str(anew))

    assert done.returncode == 0, done.stderr
    committed = CLIENTS / "typescript" / "src" / "schema.ts"
    assert committed.read_text(encoding="utf-8") == anew.read_text(encoding="utf-8"), (
        "make client-types writes them anew"
    )


@pytest.mark.parametrize("version", NODES)
def test_it_works_on_node(
    version: str,
    service: Service,
    expired: Callable[[], Mapping[str, str]],
    tmp_path: Path,
) -> None:
    people = [expired() for _ in range(EXPIRED)]
    told = {"base_url": service.origin, "service_token": service.service_token, "expired": people}
    scene = tmp_path / "scene.json"
    scene.write_text(json.dumps(told), encoding="utf-8")

    done = Node(NODES[version] / "bin").run(
        "--test", "--test-reporter=tap", "typescript/build/client.test.js", SCENE=str(scene)
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout
    assert "# pass 0" not in done.stdout


def test_oldest_node_is_the_one_that_the_package_promises() -> None:
    package = json.loads((CLIENTS / "typescript" / "package.json").read_text(encoding="utf-8"))

    done = Node(NODES["oldest"] / "bin").run("--version")

    assert package["engines"] == {"node": ">=20"}
    assert done.stdout.startswith("v20.")


def test_it_depends_on_nothing_but_openapi_fetch() -> None:
    package = json.loads((CLIENTS / "typescript" / "package.json").read_text(encoding="utf-8"))

    assert [*package["dependencies"]] == ["openapi-fetch"]
    assert "peerDependencies" not in package


def test_lock_names_no_registry() -> None:
    lock = json.loads((CLIENTS / "package-lock.json").read_text(encoding="utf-8"))

    resolved = {name: entry.get("resolved") for name, entry in lock["packages"].items()}

    # but for folders of this repository
    assert {at for at in resolved.values() if at and not (CLIENTS / at).is_dir()} == set()
    assert "typescript" in resolved.values()
