"""Catch the mails that the embedded SES accepts, and put them in the outbox.

moto keeps the mails it took, but neither their text version nor when they came.
"""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from werkzeug import Response

from infra.local.mail.outbox import Mail, Outbox
from infra.local.server import body_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from mypy_boto3_sesv2.type_defs import SendEmailRequestTypeDef

SEND_EMAIL = ("POST", "/v2/email/outbound-emails")

log = logging.getLogger(__name__)


class Catcher:
    """The SES of ``application``, with what it sends kept in ``outbox``."""

    def __init__(self, application: "WSGIApplication", outbox: Outbox) -> None:
        self._application = application
        self._outbox = outbox

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass a request on, and keep the mail if it is one and was accepted."""
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != SEND_EMAIL:
            return self._application(environ, start_response)
        body = body_of(environ)
        response = Response.from_app(self._application, environ, buffered=True)
        if response.status_code == 200:  # noqa: PLR2004 - OK
            self._keep(json.loads(body), json.loads(response.get_data())["MessageId"])
        return response(environ, start_response)

    def _keep(self, order: "SendEmailRequestTypeDef", message_id: str) -> None:
        letter = order["Content"].get("Simple")
        if letter is None:
            log.warning("Mail %s is of a kind that the outbox cannot show", message_id)
            return
        to = order["Destination"]
        self._outbox.add(
            Mail(
                id=message_id,
                sent_at=datetime.now(UTC),
                sender=order["FromEmailAddress"],
                recipients=(
                    *to.get("ToAddresses", ()),
                    *to.get("CcAddresses", ()),
                    *to.get("BccAddresses", ()),
                ),
                subject=letter["Subject"]["Data"],
                text=letter["Body"].get("Text", {"Data": ""})["Data"],
                html=letter["Body"].get("Html", {"Data": ""})["Data"],
            )
        )
