"""GET /api/v1/public/health."""

from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.register import HEALTH


def test_the_function_says_that_it_runs(api: Api) -> None:
    answer = api.call(*HEALTH.at())

    assert answer.status == 200
    assert answer.json == {"status": "ok"}


def test_health_asks_nothing_of_aws(api: Api, aws_calls: AwsCalls) -> None:
    api.call(*HEALTH.at())

    assert aws_calls.operations == []


def test_a_bad_token_makes_no_difference(api: Api) -> None:
    assert api.call(*HEALTH.at(), token="garbage").status == 200
