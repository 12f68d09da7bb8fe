"""The endpoints about webhooks."""

from dataclasses import dataclass
from typing import Any

from accounts.storage.webhooks import Webhook
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.register import (
    DELETE_WEBHOOK,
    LIST_DELIVERIES,
    LIST_WEBHOOKS,
    REDELIVER_EVENT,
    SAVE_WEBHOOK,
    TEST_WEBHOOK,
)


@dataclass(frozen=True)
class Hooks:
    """The endpoints about webhooks, as called with one token."""

    api: Api
    token: str

    def save(self, name: str = "crm", **body: Any) -> Answer:  # noqa: ANN401 - whatever JSON takes
        answer = self._call(SAVE_WEBHOOK.at(name=name), json={"events": ["*"], **body})
        if answer.status == 200 and "secret" in answer.json:
            self.api.secrets.add(answer.json["secret"])
        return answer

    def list(self) -> Answer:
        return self._call(LIST_WEBHOOKS.at())

    def delete(self, name: str = "crm") -> Answer:
        return self._call(DELETE_WEBHOOK.at(name=name))

    def test(self, name: str = "crm") -> Answer:
        return self._call(TEST_WEBHOOK.at(name=name))

    def deliveries(self, name: str = "crm", **query: object) -> Answer:
        return self._call(LIST_DELIVERIES.at(query, name=name))

    def redeliver(self, delivery_id: str, name: str = "crm") -> Answer:
        return self._call(REDELIVER_EVENT.at(name=name, delivery_id=delivery_id))

    def stored(self, name: str = "crm") -> Webhook:
        webhook = Webhook.called(name)
        assert webhook is not None
        return webhook

    def _call(self, where: tuple[str, str], **request: Any) -> Answer:  # noqa: ANN401 - as Api.call
        return self.api.call(*where, token=self.token, **request)
