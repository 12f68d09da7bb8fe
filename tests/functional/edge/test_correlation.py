"""One id for all that a request leads to."""

import json

from tests.support.deployment import Deployment
from tests.support.logged import Log
from tests.support.post_office import PostOffice
from tests.support.register import FORGET_PASSWORD
from tests.support.scene import Scene


def test_one_id_leads_from_the_gateway_through_the_log_to_the_mail(
    scene: Scene, post: PostOffice, log: Log
) -> None:
    answer = FORGET_PASSWORD.call(scene)
    (message,) = post.waiting()
    mail = post.deliver_one()

    of_the_gateway = answer.headers["apigw-requestid"]
    answered, sent = log.lines
    assert (answered["message"], sent["message"]) == ("request", "mail")
    assert answer.headers["x-request-id"] == of_the_gateway
    assert answered["request_id"] == of_the_gateway
    assert json.loads(message["Body"])["request_id"] == of_the_gateway
    assert sent["request_id"] == of_the_gateway
    assert mail.request_id == of_the_gateway


def test_the_gateways_own_log_calls_it_the_same(stack: Deployment) -> None:
    api = stack.template.document["Resources"]["Api"]["Properties"]
    line = json.loads(api["AccessLogSettings"]["Format"])

    assert line["request_id"] == "$context.requestId"
