"""An account for the commands that put CloudFront before a stack."""

from collections.abc import Iterator

import pytest
from moto import mock_aws
from moto.backends import get_backend

from infra.local.template.pseudo_parameters import ACCOUNT_ID


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account, in one of whose regions the operator is."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        # moto empties itself only where no other test of this process has it running
        for service in ("cloudformation", "secretsmanager"):
            for backend in get_backend(service)[ACCOUNT_ID].values():
                backend.reset()
        yield
