"""The layer holds what functions need, for Lambda's machines, and nothing else."""

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.session import Session

from infra.build import interpreter, layer, stack_names, wheels
from infra.build.interpreter import nearest
from infra.build.target import MACHINES, ROOT, Target, host_architecture
from infra.build.trimming import SERVICES, UNUSED, WITHOUT_RULES
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import FUNCTION, Template

BUDGET_BYTES = 45e6
# what botocore, urllib3 and PyJWT would load at a start, for what no request of these asks for
DEAR = (
    *("botocore.docs.bcdoc", "botocore.monitoring", "botocore.vendored.six", "configparser"),
    *("cryptography.x509", "cryptography.hazmat.primitives.serialization.ssh", "dateutil"),
    *("boto3", "html", "mimetypes", "shlex", "six", "urllib3.http2"),
)
# Executable and Linkable Format: the field e_machine
ELF_MACHINES = {"x86_64": 62, "arm64": 183}
UNCHECKED_HASH = 1
SOURCES = [*(layer.SOURCES / "accounts").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]

slow = pytest.mark.e2e


@pytest.fixture(scope="module")
def host() -> tuple[Target, Path]:
    """What can be run on this machine, and the Python to run it with."""
    return nearest()


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sources as they are now, for all builds, whoever edits them meanwhile."""
    kept = tmp_path_factory.mktemp("sources") / "shared"
    shutil.copytree(layer.SOURCES, kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer, "SOURCES", kept)
        yield kept


@pytest.fixture(scope="module")
def layers(
    sources: Path, host: tuple[Target, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """A layer for each kind of machine that Lambda has."""
    target, python = host
    built = {machine: tmp_path_factory.mktemp(machine) for machine in MACHINES}
    for machine, folder in built.items():
        layer.build(folder, Target(machine, target.python), python)
    return built


@pytest.fixture
def host_layer(layers: dict[str, Path]) -> Path:
    return layers[host_architecture()]


def imported() -> set[str]:
    """Every module that the functions or the accounts package import, at the top or later."""
    names: set[str] = set()
    for source in SOURCES:
        tree = ast.parse(source.read_text(encoding="utf-8"))
        for_types = {id(node) for block in type_checking(tree) for node in ast.walk(block)}
        for node in ast.walk(tree):
            if id(node) in for_types:
                continue
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
    return names


def type_checking(tree: ast.Module) -> Iterator[ast.If]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield node


def run(host: tuple[Target, Path], packages: Path, script: str) -> str:
    """Run a script with nothing on Python's path but the standard library and ``packages``."""
    done = subprocess.run(  # noqa: S603 - our own Python
        [str(host[1]), "-S", "-B", "-c", script],
        env={"PYTHONPATH": str(packages), "AWS_REGION": "us-east-1"},
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def locked() -> set[str]:
    lines = (layer.SOURCES / "requirements.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==", lines, re.MULTILINE))


def everything(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            int(path.stat().st_mtime),
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    }


def test_layer_is_for_the_python_and_the_machines_of_the_template() -> None:
    template = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS)
    architecture = template.document["Parameters"]["Architecture"]

    assert template.document["Globals"]["Function"]["Runtime"] == f"python{Target.python}"
    assert architecture["Default"] == Target.architecture
    assert set(architecture["AllowedValues"]) == set(MACHINES)


def test_every_function_has_the_layer() -> None:
    document = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS).document

    assert document["Globals"]["Function"]["Layers"] == [{"Ref": "SharedLayer"}]
    overriding = [
        logical_id
        for logical_id, resource in document["Resources"].items()
        if resource["Type"] == FUNCTION and resource["Properties"].keys() & {"Layers", "Runtime"}
    ]
    assert overriding == []


def test_descriptions_of_all_services_that_are_called_stay() -> None:
    calls = [
        node
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "aws.client"
    ]
    named = {ast.literal_eval(call.args[0]) for call in calls}

    # PynamoDB makes the client of DynamoDB by itself
    assert named | {"dynamodb"} == SERVICES


@slow
def test_layer_is_within_its_budget(layers: dict[str, Path]) -> None:
    sizes = {machine: layer.size_bytes(folder) for machine, folder in layers.items()}

    assert max(sizes.values()) <= BUDGET_BYTES, sizes


@slow
def test_layer_holds_exactly_the_locked_packages(host_layer: Path) -> None:
    held = {path.name.partition("-")[0] for path in (host_layer / "licences").iterdir()}

    assert {name.replace("_", "-") for name in held} == locked() - UNUSED.keys()


@slow
def test_every_package_comes_with_its_licence(host_layer: Path) -> None:
    told = {
        path.name: bool(list(path.rglob("*LICEN[CS]E*")))
        or "\nLicense" in (path / "METADATA").read_text(encoding="utf-8")
        for path in (host_layer / "licences").iterdir()
    }

    assert [name for name, is_told in told.items() if not is_told] == []


@slow
def test_nothing_but_what_runs_is_on_the_path(host_layer: Path) -> None:
    names = {path.name for path in (host_layer / "python").rglob("*")}
    modules = {path.name for path in (host_layer / "python").iterdir() if path.is_file()}

    assert names & {"test", "tests", "conftest.py", "bin", "py.typed"} == set()
    assert [name for name in names if name.endswith((".dist-info", ".pyi", ".h"))] == []
    assert [name for name in modules if not name.endswith((".py", ".so"))] == []


@slow
def test_package_of_another_hash_is_refused(host: tuple[Target, Path], tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"six==1.17.0 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(wheels.WheelsError, match=r"(?i)hash"):
        wheels.install(requirements, tmp_path / "packages", host[0])


@slow
def test_package_that_is_not_locked_is_refused(host: tuple[Target, Path], tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("six==1.17.0\n")

    with pytest.raises(wheels.WheelsError, match=r"(?i)hash"):
        wheels.install(requirements, tmp_path / "packages", host[0])


@slow
def test_everything_imports_from_the_layer_alone(
    host: tuple[Target, Path], host_layer: Path
) -> None:
    modules = json.dumps(sorted(imported()))
    folders = json.dumps([str(path) for path in (ROOT / "functions").iterdir()])
    handlers = json.dumps([path.stem for path in (ROOT / "functions").rglob("*.py")])

    out = run(
        host,
        host_layer / "python",
        "import importlib, json, sys\n"
        f"sys.path += {folders}\n"
        f"for name in {modules} + {handlers}: importlib.import_module(name)\n"
        "print(json.dumps([module.__file__ for module in sys.modules.values()"
        " if getattr(module, '__file__', None)]))",
    )

    homes = (str(host_layer), str(ROOT / "functions"), str(host[1].resolve().parents[1]))
    assert [file for file in json.loads(out) if not file.startswith(homes)] == []


@slow
@pytest.mark.parametrize(("zone", "name"), [("private", "any_users"), ("public", "log_in")])
def test_who_is_called_most_loads_nothing_dear_until_it_can_call_aws(
    zone: str, name: str, host: tuple[Target, Path], host_layer: Path
) -> None:
    script = (
        "import os, sys\n"
        "os.environ |= {'AWS_ACCESS_KEY_ID': 'one', 'AWS_SECRET_ACCESS_KEY': 'two'}\n"
        "os.environ['AWS_DEFAULT_REGION'] = os.environ['AWS_REGION']\n"
        f"sys.path.append({str(ROOT / 'functions' / zone)!r})\n"
        f"import {name}\n"
        "from accounts import aws\n"
        "from accounts.storage import dynamodb\n"
        "aws.client('kms'), dynamodb.connect().client\n"
        f"print([name for name in {DEAR} if name in sys.modules])"
    )

    assert run(host, host_layer / "python", script) == "[]\n"


@slow
def test_addresses_are_checked_without_a_dns_library(
    host: tuple[Target, Path], host_layer: Path
) -> None:
    script = "from accounts import emails; print(emails.canonical('User@B\u00dcCHER.example'))"

    assert run(host, host_layer / "python", script) == "user@xn--bcher-kva.example\n"


@slow
@pytest.mark.parametrize("service", sorted(SERVICES))
def test_client_of_each_service_can_be_made(
    service: str, host: tuple[Target, Path], host_layer: Path
) -> None:
    script = (
        "import boto3\n"
        f"client = boto3.client({service!r}, 'eu-north-1')\n"
        "print(client.meta.endpoint_url, client.meta.service_model.signing_name)"
    )
    names = {"sesv2": ("email", "ses")}.get(service, (service, service))

    url, signing_name = run(host, host_layer / "python", script).split()

    assert url == f"https://{names[0]}.eu-north-1.amazonaws.com"
    assert signing_name == names[1]


@pytest.mark.parametrize("service", sorted(WITHOUT_RULES))
def test_without_rules_each_region_has_the_endpoint_that_it_has_by_them(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session()
    partitions = session.get_available_partitions()
    regions = [r for p in partitions for r in session.get_available_regions(service, p)]
    # and one that AWS has not opened yet
    by_rules = {region: _endpoint(session, service, region) for region in (*regions, "eu-new-9")}
    loaded = Loader.load_service_model

    def without_rules(loader: Loader, name: str, kind: str, **more: Any) -> Any:  # noqa: ANN401 - botocore's
        if kind == "endpoint-rule-set-1":
            raise UnknownServiceError(service_name=name, known_service_names="")
        return loaded(loader, name, kind, **more)

    monkeypatch.setattr(Loader, "load_service_model", without_rules)

    assert len(regions) > 30
    assert by_rules == {region: _endpoint(session, service, region) for region in by_rules}


def _endpoint(session: Session, service: str, region: str) -> str:
    client = session.create_client(
        service, region, aws_access_key_id="a", aws_secret_access_key="b"
    )
    asked: list[str] = []

    def answer(params: Mapping[str, Any], **_: object) -> Any:  # noqa: ANN401 - as the stubs say
        asked.append(params["url"])
        return SimpleNamespace(status_code=200), {}

    client.meta.events.register("before-call", answer)
    getattr(client, {"dynamodb": "list_tables", "kms": "list_keys"}[service])()
    (url,) = asked
    return url


@slow
def test_what_is_for_help_and_type_checkers_alone_is_left_out(
    host: tuple[Target, Path], host_layer: Path
) -> None:
    script = (
        "import boto3, json\n"
        "from pydantic_core import core_schema\n"
        "model = boto3.client('sesv2', 'eu-north-1').meta.service_model\n"
        "print(json.dumps([model.documentation, len(model.shape_names) > 400,"
        " core_schema.IntSchema.__annotations__, core_schema.int_schema(ge=1)]))"
    )

    told = json.loads(run(host, host_layer / "python", script))

    assert told == ["", True, {}, {"type": "int", "ge": 1}]


@slow
@pytest.mark.parametrize("machine", MACHINES)
def test_native_libraries_are_for_the_right_machine(machine: str, layers: dict[str, Path]) -> None:
    libraries = {path: path.read_bytes()[:20] for path in layers[machine].rglob("*.so*")}

    assert len(libraries) >= 4
    for path, header in libraries.items():
        assert header[:4] == b"\x7fELF", path
        assert int.from_bytes(header[18:20], "little") == ELF_MACHINES[machine], path


@slow
def test_every_module_has_bytecode_that_is_taken_without_asking(
    host: tuple[Target, Path], host_layer: Path
) -> None:
    sources = list((host_layer / "python").rglob("*.py"))
    compiled = {
        source: source.parent / "__pycache__" / f"{source.stem}.{host[0].cache_tag}.pyc"
        for source in sources
    }

    assert len(sources) > 500
    assert [source for source, code in compiled.items() if not code.is_file()] == []
    flags = {int.from_bytes(code.read_bytes()[4:8], "little") for code in compiled.values()}
    assert flags == {UNCHECKED_HASH}


@slow
def test_bytecode_is_used_whatever_became_of_the_source(
    host: tuple[Target, Path], host_layer: Path, tmp_path: Path
) -> None:
    package = tmp_path / "annotated_types"
    shutil.copytree(host_layer / "python" / package.name, package)
    (package / "__init__.py").write_text("raise SystemError")

    assert (
        run(host, tmp_path, "import annotated_types; print(annotated_types.Gt(1))") == "Gt(gt=1)\n"
    )


@slow
@pytest.mark.usefixtures("sources")
def test_layer_without_bytecode_works_and_is_announced(
    host: tuple[Target, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target, python = host
    monkeypatch.setattr(interpreter, "find", lambda _: None)
    monkeypatch.setattr(interpreter, "fetch", lambda _: None)
    of_the_host = ["--architecture", target.architecture, "--python", target.python]

    code = layer.main(["--output", str(tmp_path), *of_the_host])

    assert code == 0
    assert f"NO BYTECODE: there is no Python {target.python}" in capsys.readouterr().out
    assert list(tmp_path.rglob("*.pyc")) == []
    script = "from accounts import emails; print(emails.canonical('User@B\u00dcCHER.example'))"
    assert run((target, python), tmp_path / "python", script) == "user@xn--bcher-kva.example\n"


def test_python_that_cannot_be_fetched_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "FETCHED", tmp_path)
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))

    assert interpreter.fetch(Target(python="3.14")) is None


@slow
def test_nothing_tells_where_it_was_built(host_layer: Path) -> None:
    told = [
        path
        for path in host_layer.rglob("*")
        if path.is_file() and str(host_layer).encode() in path.read_bytes()
    ]

    assert told == []


@slow
def test_second_build_is_the_same_byte_for_byte(
    host: tuple[Target, Path], host_layer: Path, tmp_path: Path
) -> None:
    target, python = host

    layer.build(tmp_path, target, python)

    first, second = everything(host_layer), everything(tmp_path)
    assert first.keys() == second.keys()
    assert [name for name, content in first.items() if second[name] != content] == []


@pytest.mark.parametrize(("length", "code"), [(32, 0), (33, 1)])
def test_build_refuses_a_stack_name_that_would_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], length: int, code: int
) -> None:
    config = tmp_path / "samconfig.toml"
    name = "s" * length
    config.write_text(f'version = 0.1\n[prod.global.parameters]\nstack_name = "{name}"\n')

    assert stack_names.main([str(config)]) == code
    assert (name in capsys.readouterr().err) == bool(code)


def test_every_build_looks_at_the_names_of_the_stacks() -> None:
    makefile = (layer.SOURCES / "Makefile").read_text(encoding="utf-8")

    assert "@.venv/bin/python -m infra.build.stack_names\n" in makefile
    assert set(stack_names.configured(ROOT / "samconfig.toml")) == {
        "users",
        "users-dev",
        "users-staging",
    }
