"""Imports at the head of packages' modules, put off to the functions that need them.

What a package imports costs every cold start, even if it is for functions that no request calls.
The imports listed here are moved, in the layer alone, from the head of a module into each function
that uses them; whoever reads such a name off the module gets it as before.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

NOTICE = "# Changed for this layer: some imports stand where they are used.\n"
# for others, who read a name off the module
FOR_OTHERS = """

def __getattr__(name):
{branches}    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
"""
BRANCH = """\
    if name == "{name}":
        {statement}
        return {name}
"""

# by file what it imports, as modules or as single names of one: all that the first requests of
# any_users and log_in were found to do without
DEFERRED: Mapping[str, frozenset[str]] = {
    # Python 2, shell words and local time
    "botocore/compat.py": frozenset({"botocore.vendored.six", "dateutil.tz", "shlex"}),
    # what Lambda has in its environment, others have in files
    "botocore/configloader.py": frozenset({"configparser", "shlex"}),
    "botocore/credentials.py": frozenset({"dateutil.parser", "dateutil.tz"}),
    "botocore/tokens.py": frozenset({"dateutil.parser", "dateutil.tz"}),
    # times in answers, which are none of DynamoDB's
    "botocore/utils.py": frozenset({"dateutil.parser", "dateutil.tz"}),
    # texts for help()
    "botocore/docs/docstring.py": frozenset(
        {
            "botocore.docs.bcdoc.restdoc",
            "botocore.docs.method",
            "botocore.docs.paginator",
            "botocore.docs.waiter",
        }
    ),
    "botocore/docs/service.py": frozenset(
        {
            "botocore.docs.bcdoc.restdoc",
            "botocore.docs.client",
            "botocore.docs.paginator",
            "botocore.docs.waiter",
        }
    ),
    "botocore/parsers.py": frozenset({"botocore.eventstream"}),
    "botocore/session.py": frozenset({"botocore.monitoring"}),
    # whether the package h2 is there, by reading all that is installed
    "urllib3/connection.py": frozenset({".http2.probe"}),
    "urllib3/fields.py": frozenset({"mimetypes"}),
    # keys in files, certificates, and what RSA needs
    "jwt/algorithms.py": frozenset(
        {
            "cryptography.x509",
            "cryptography.hazmat.primitives.asymmetric.padding",
            "cryptography.hazmat.primitives.serialization",
        }
    ),
    "cryptography/hazmat/backends/openssl/backend.py": frozenset(
        {
            "cryptography.hazmat.primitives._asymmetric",
            "cryptography.hazmat.primitives.asymmetric.padding",
        }
    ),
    "cryptography/hazmat/primitives/asymmetric/rsa.py": frozenset(
        {"cryptography.hazmat.primitives._asymmetric"}
    ),
}

_Import = ast.Import | ast.ImportFrom
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class DeferralError(Exception):
    """A module does not import what is listed, or needs it to be loaded; the text tells which."""


class _Edit(NamedTuple):
    """Lines of a source, counted from 0, without that of the end, and what is to replace them."""

    start: int
    end: int
    text: str


def defer_imports(packages: Path) -> None:
    """Put off the imports that are listed, in the packages of a folder.

    Raises:
        DeferralError: a package is not as it was when they were listed.
    """
    for name, wanted in DEFERRED.items():
        file = packages / name
        try:
            file.write_text(deferred(file.read_text(encoding="utf-8"), wanted), encoding="utf-8")
        except (FileNotFoundError, DeferralError) as error:
            raise DeferralError(f"{name}: {error}") from error


def deferred(source: str, wanted: frozenset[str]) -> str:
    """Return the source of a module that imports what is ``wanted`` where it is used.

    Raises:
        DeferralError: it does not import it at its head, or needs it while it is being loaded.
    """
    head = _Head(ast.parse(source))
    lines = source.splitlines(keepends=True)
    statements = {
        _bound(alias): _of(it, [alias])
        for it in head.imports
        for alias in it.names
        if _is_wanted(it, alias, wanted)
    }
    _check(head, statements, wanted)
    edits = [_taken_out(it, wanted) for it in head.imports]
    edits += [edit for function in head.functions for edit in _put_in(function, statements, lines)]
    for edit in sorted(filter(None, edits), reverse=True):
        lines[edit.start : edit.end] = [edit.text]
    branches = "".join(BRANCH.format(name=name, statement=it) for name, it in statements.items())
    return NOTICE + "".join(lines) + FOR_OTHERS.format(branches=branches)


class _Head(ast.NodeVisitor):
    """What a module does while it is being loaded, and the functions that it only defines."""

    def __init__(self, tree: ast.Module) -> None:
        self.imports: list[_Import] = []
        self.functions: list[_Function] = []
        self.used: set[str] = set()
        self._reads_annotations = not any(
            isinstance(it, ast.ImportFrom) and it.module == "__future__" for it in tree.body
        )
        self.visit(tree)

    def visit_Import(self, node: _Import) -> None:
        self.imports.append(node)

    def visit_ImportFrom(self, node: _Import) -> None:
        self.imports.append(node)

    def visit_FunctionDef(self, node: _Function) -> None:
        self.functions.append(node)
        self.used.add(node.name)
        for part in (*node.decorator_list, node.args):
            self.visit(part)
        if node.returns is not None and self._reads_annotations:
            self.visit(node.returns)

    def visit_AsyncFunctionDef(self, node: _Function) -> None:
        self.visit_FunctionDef(node)

    def visit_arg(self, node: ast.arg) -> None:
        if self._reads_annotations:
            self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self.used.add(node.id)


def _is_wanted(statement: _Import, alias: ast.alias, wanted: frozenset[str]) -> bool:
    return not wanted.isdisjoint(_spellings(statement, alias))


def _spellings(statement: _Import, alias: ast.alias) -> Sequence[str]:
    """Return what an import may be listed as."""
    if isinstance(statement, ast.Import):
        return [alias.name]
    module = "." * statement.level + (statement.module or "")
    return [module, f"{module}.{alias.name}"]


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _of(statement: _Import, names: list[ast.alias]) -> str:
    """Return a statement that imports only some of the names."""
    if isinstance(statement, ast.Import):
        return ast.unparse(ast.Import(names))
    return ast.unparse(ast.ImportFrom(statement.module, names, statement.level))


def _check(head: _Head, statements: Mapping[str, str], wanted: frozenset[str]) -> None:
    imported = [(it, alias) for it in head.imports for alias in it.names]
    if missing := wanted.difference(*(_spellings(it, alias) for it, alias in imported)):
        raise DeferralError(f"does not import {', '.join(sorted(missing))}")
    times = Counter(_bound(alias) for _, alias in imported)
    twice = {name for name in statements if times[name] > 1}
    if needed := twice | (head.used & {*statements, "__getattr__"}):
        raise DeferralError(f"needs {', '.join(sorted(needed))} to be loaded")


def _taken_out(statement: _Import, wanted: frozenset[str]) -> _Edit | None:
    rest = [it for it in statement.names if not _is_wanted(statement, it, wanted)]
    if rest == statement.names:
        return None
    text = _of(statement, rest) if rest else "pass"
    end = statement.end_lineno or statement.lineno
    return _Edit(statement.lineno - 1, end, f"{' ' * statement.col_offset}{text}\n")


def _put_in(
    function: _Function, statements: Mapping[str, str], lines: Sequence[str]
) -> Iterator[_Edit]:
    nodes = [*ast.walk(function)]
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {_bound(node) for node in nodes if isinstance(node, ast.alias)}
    own |= {it.id for it in nodes if isinstance(it, ast.Name) and not isinstance(it.ctx, ast.Load)}
    if shadowing := own & statements.keys():
        raise DeferralError(f"{function.name} has a {', '.join(shadowing)} of its own")
    places: dict[tuple[int, int], set[str]] = {}
    for statement in function.body:
        for place, name in _uses(statement, statement, lines):
            if name in statements:
                places.setdefault(place, set()).add(name)
    for (line, column), names in places.items():
        indent = lines[line][:column]
        if indent.strip():
            raise DeferralError(f"{function.name} uses {', '.join(names)} within a line")
        text = "".join(f"{indent}{statements[name]}\n" for name in sorted(names))
        yield _Edit(line, line, text)


def _uses(
    node: ast.AST, statement: ast.stmt, lines: Sequence[str]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Return each name that is used, after the line and column of the statement that uses it."""
    if isinstance(node, ast.Name):
        first = min(
            (statement, *getattr(statement, "decorator_list", ())), key=lambda it: it.lineno
        )
        yield (first.lineno - 1, statement.col_offset), node.id
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt) and not _is_elif(child, lines):
            yield from _uses(child, child, lines)
        else:
            yield from _uses(child, statement, lines)


def _is_elif(statement: ast.stmt, lines: Sequence[str]) -> bool:
    # which no statement can be put before
    return lines[statement.lineno - 1].startswith("elif", statement.col_offset)
