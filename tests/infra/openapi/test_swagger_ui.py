"""The files of Swagger UI are those of its package, unchanged."""

import json

from infra.openapi import swagger_ui


def test_files_are_as_they_were_locked() -> None:
    lock = json.loads(swagger_ui.LOCK.read_text(encoding="utf-8"))

    assert lock["integrity"].startswith("sha512-")
    assert lock["files"] == {name: swagger_ui.digest(name) for name in swagger_ui.FILES}
