"""Every endpoint, written down once for all tests: whatever they say about all, they say of these.

Who may call is a verdict, and not derived from what is judged by it.
"""

from dataclasses import replace

import pytest

from tests.support.callers import (
    ANYONE,
    PEOPLE,
    PEOPLE_BUT_THE_LAST_ADMINISTRATOR,
    PEOPLE_WHILE_ENROLLING,
    PEOPLE_WITH_A_NEW_APP,
    PEOPLE_WITH_A_SECOND_FACTOR,
    holders_of,
)
from tests.support.endpoint import Endpoint

JWKS = Endpoint("GET", "/.well-known/jwks.json", ANYONE, requests={})
RELATED_ORIGINS = Endpoint("GET", "/.well-known/webauthn", ANYONE, requests={})
DISCOVERY = Endpoint("GET", "/.well-known/openid-configuration", ANYONE, requests={})
HEALTH = Endpoint("GET", "/api/v1/public/health", ANYONE, requests={})
LOG_IN = Endpoint(
    "POST",
    "/api/v1/public/users/login",
    ANYONE,
    # from a device that the account does not know; from one that it knows, two updates fewer
    requests={
        "BatchGetItem": 1,
        "UpdateItem": 3,
        "GetItem": 1,
        "TransactWriteItems": 1,
        "GenerateMac": 1,
        "Sign": 1,
    },
    units=(4, 23),
    body=lambda scene: scene.alice.credentials,
)
REFRESH = Endpoint(
    "POST",
    "/api/v1/public/users/refresh",
    ANYONE,
    requests={"BatchGetItem": 1, "UpdateItem": 1, "Sign": 1},
    units=(2, 1),
    body=lambda scene: {"refresh_token": scene.alice.refresh_token},
)
FORGET_PASSWORD = Endpoint(
    "POST",
    "/api/v1/public/users/passw/forget_passw",
    ANYONE,
    requests={"UpdateItem": 1, "SendMessage": 1},
    status=202,
    body=lambda scene: {"email": scene.alice.email},
)
SELF_SIGN_UP = Endpoint(
    "POST",
    "/api/v1/public/users/sign_up",
    ANYONE,
    requests={
        "UpdateItem": 1,
        "GetItem": 1,
        "TransactWriteItems": 1,
        "GenerateMac": 1,
        "SendMessage": 1,
    },
    status=202,
    body=lambda _: {"email": "new@example.com", "name": "New Person", "passw": "example_string"},
)
SEND_LOG_IN_CODE = Endpoint(
    "POST",
    "/api/v1/public/users/login/send_code",
    ANYONE,
    requests={"UpdateItem": 1, "TransactWriteItems": 1, "SendMessage": 1},
    status=202,
    body=lambda scene: {"email": scene.alice.email},
)
LOG_IN_WITH_CODE = Endpoint(
    "POST",
    "/api/v1/public/users/login/code",
    ANYONE,
    requests={
        "UpdateItem": 1,
        "GetItem": 2,
        "TransactWriteItems": 1,
        "GenerateMac": 1,
        "Sign": 1,
    },
    body=lambda scene: scene.log_in_code(),
)
PROVE_SECOND_FACTOR = Endpoint(
    "POST",
    "/api/v1/public/users/login/second_factor",
    ANYONE,
    # the first step has read the role
    requests={
        "GetItem": 4,
        "UpdateItem": 2,
        "TransactWriteItems": 1,
        "Decrypt": 1,
        "Sign": 1,
    },
    body=lambda scene: scene.second_factor(),
    # or a passkey
    optional=frozenset({"code"}),
)
PASSKEY_LOG_IN_OPTIONS = Endpoint(
    "POST",
    "/api/v1/public/users/passkeys/options",
    ANYONE,
    requests={"UpdateItem": 1, "TransactWriteItems": 1},
)
LOG_IN_WITH_PASSKEY = Endpoint(
    "POST",
    "/api/v1/public/users/login/passkey",
    ANYONE,
    requests={"GetItem": 4, "TransactWriteItems": 1, "Sign": 1},
    body=lambda scene: {"credential": scene.passkey_used()},
)
SET_NEW_PASSWORD = Endpoint(
    "PUT",
    "/api/v1/public/users/passw/set_new_passw",
    ANYONE,
    requests={"GetItem": 2, "TransactWriteItems": 1, "GenerateMac": 1, "SendMessage": 1},
    body=lambda scene: {"reset_token": scene.reset_token(), "passw": "another_string"},
)
CONFIRM_EMAIL = Endpoint(
    "PUT",
    "/api/v1/public/users/email",
    ANYONE,
    requests={"GetItem": 2, "TransactWriteItems": 1, "SendMessage": 2},
    body=lambda scene: {"email_token": scene.email_token()},
)
UNDO_EMAIL_CHANGE = Endpoint(
    "PUT",
    "/api/v1/public/users/email/undo",
    ANYONE,
    requests={"GetItem": 2, "TransactWriteItems": 1, "SendMessage": 2},
    body=lambda scene: {"undo_token": scene.undo_token()},
)

LOG_OUT = Endpoint(
    "PUT",
    "/api/v1/private/users/logout",
    PEOPLE_WHILE_ENROLLING,
    requests={"GetItem": 1, "TransactWriteItems": 1},
)
SHOW_SEANCES = Endpoint(
    "POST", "/api/v1/private/users/seances", PEOPLE, requests={"GetItem": 1, "Query": 1}
)
END_OTHER_SEANCES = Endpoint(
    "DELETE",
    "/api/v1/private/users/seances",
    PEOPLE,
    # nobody else is signed in, so there is nothing to end
    requests={"GetItem": 1, "Query": 1},
)
END_SEANCE = Endpoint(
    "DELETE",
    "/api/v1/private/users/seances/{session_id}",
    PEOPLE,
    requests={"GetItem": 1, "TransactWriteItems": 1},
    status=204,
    parameters=lambda scene: {"session_id": scene.alice.sign_in().session_id},
)
CHANGE_PASSWORD = Endpoint(
    "PUT",
    "/api/v1/private/users/passw/change_passw",
    PEOPLE,
    requests={
        "GetItem": 2,
        "UpdateItem": 1,
        "TransactWriteItems": 1,
        "GenerateMac": 2,
        "SendMessage": 1,
    },
    body=lambda scene: {"current_passw": scene.alice.passw, "passw": "another_string"},
)
CONFIRM_IDENTITY = Endpoint(
    "POST",
    "/api/v1/private/users/confirm",
    PEOPLE_WHILE_ENROLLING,
    requests={"GetItem": 2, "UpdateItem": 1, "TransactWriteItems": 1, "GenerateMac": 1},
    body=lambda scene: {"passw": scene.alice.passw},
)
BEGIN_TOTP = Endpoint(
    "POST",
    "/api/v1/private/users/totp",
    PEOPLE_WHILE_ENROLLING,
    requests={"GetItem": 2, "Encrypt": 1, "TransactWriteItems": 1},
    status=201,
)
ENABLE_TOTP = Endpoint(
    "PUT",
    "/api/v1/private/users/totp",
    PEOPLE_WITH_A_NEW_APP,
    requests={
        "GetItem": 3,
        "Decrypt": 1,
        "GenerateMac": 1,
        "SendMessage": 1,
        "TransactWriteItems": 1,
    },
    body=lambda scene: scene.new_app(),
)
DISABLE_TOTP = Endpoint(
    "DELETE",
    "/api/v1/private/users/totp",
    PEOPLE,
    # there is nothing to disable
    requests={"GetItem": 2},
    status=204,
)
RENEW_RECOVERY_CODES = Endpoint(
    "POST",
    "/api/v1/private/users/recovery_codes",
    PEOPLE_WITH_A_SECOND_FACTOR,
    requests={"GetItem": 2, "GenerateMac": 1, "SendMessage": 1, "TransactWriteItems": 1},
    parameters=lambda scene: scene.app_on_file(),
)
CHANGE_OWN_EMAIL = Endpoint(
    "POST",
    "/api/v1/private/users/email",
    PEOPLE,
    requests={"GetItem": 2, "UpdateItem": 1, "SendMessage": 2, "TransactWriteItems": 1},
    status=202,
    body=lambda _: {"email": "alice@example.org"},
)
DELETE_OWN_ACCOUNT = Endpoint(
    "DELETE",
    "/api/v1/private/users/any",
    PEOPLE_BUT_THE_LAST_ADMINISTRATOR,
    requests={"GetItem": 2, "TransactWriteItems": 1, "SendMessage": 1},
    status=204,
)
EXPORT_OWN_DATA = Endpoint(
    "GET",
    "/api/v1/private/users/any/data",
    PEOPLE,
    # of the trail, of each shard of what they did to others, and of devices
    requests={"GetItem": 3, "Query": 19},
)
PASSKEY_OPTIONS = Endpoint(
    "POST",
    "/api/v1/private/users/passkeys/options",
    PEOPLE_WHILE_ENROLLING,
    requests={"GetItem": 2, "TransactWriteItems": 1},
    body=lambda _: {"purpose": "enrol"},
)
ADD_PASSKEY = Endpoint(
    "POST",
    "/api/v1/private/users/passkeys",
    PEOPLE_WHILE_ENROLLING,
    requests={"GetItem": 3, "GenerateMac": 1, "SendMessage": 1, "TransactWriteItems": 1},
    status=201,
    body=lambda scene: {"credential": scene.passkey_made()},
)
LIST_PASSKEYS = Endpoint(
    "GET",
    "/api/v1/private/users/passkeys",
    PEOPLE,
    # who has any has them read, in one call
    requests={"GetItem": 2},
)
RENAME_PASSKEY = Endpoint(
    "PATCH",
    "/api/v1/private/users/passkeys/{passkey_id}",
    PEOPLE,
    requests={"GetItem": 2, "TransactWriteItems": 1},
    body=lambda _: {"label": "Blue key"},
    parameters=lambda scene: {"passkey_id": scene.passkey_id()},
)
DELETE_PASSKEY = Endpoint(
    "DELETE",
    "/api/v1/private/users/passkeys/{passkey_id}",
    PEOPLE,
    # of the role too, which may demand a factor
    requests={"GetItem": 3, "SendMessage": 1, "TransactWriteItems": 1},
    status=204,
    parameters=lambda scene: {"passkey_id": scene.passkey_id()},
)
UPDATE_OWN_ACCOUNT = Endpoint(
    "PATCH",
    "/api/v1/private/users/any",
    PEOPLE,
    requests={"GetItem": 2, "Query": 1, "TransactWriteItems": 1},
    body=lambda _: {"name": "Alice Cooper"},
    optional=frozenset({"name"}),
)
ANY_USERS = Endpoint(
    "PUT", "/api/v1/private/users/any", PEOPLE, requests={"GetItem": 1}, units=(1, 0)
)
# what it takes besides where it notes the session's last activity, once in `ActivitySeconds`
ACTIVITY_WRITE_UNITS = 1

# in the server zone permissions are those of the role as of now: one more read
SIGN_UP = Endpoint(
    "POST",
    "/api/v1/server/users/sign_up",
    holders_of("users:create", "service"),
    requests={"GetItem": 3, "TransactWriteItems": 1, "GenerateMac": 1},
    units=(3, 42),
    status=201,
    body=lambda _: {"email": "new@example.com", "name": "New Person", "passw": "example_string"},
)
ISSUE_RESET_TOKEN = Endpoint(
    "POST",
    "/api/v1/server/users/passw/reset_token",
    holders_of("passwords:reset"),
    requests={"GetItem": 5, "TransactWriteItems": 1},
    units=(5, 20),
    status=201,
    body=lambda scene: {"email": scene.alice.email},
)
RESET_PASSWORD = Endpoint(
    "PUT",
    "/api/v1/server/users/passw/set_new_passw",
    holders_of("passwords:set", "service"),
    requests={"GetItem": 4, "TransactWriteItems": 1, "GenerateMac": 1, "SendMessage": 1},
    units=(4, 28),
    body=lambda scene: {"reset_token": scene.reset_token(), "passw": "another_string"},
)
LIST_USERS = Endpoint(
    "GET",
    "/api/v1/server/users",
    holders_of("users:read", "service", "methodist"),
    requests={"GetItem": 2, "Scan": 1, "BatchGetItem": 1},
    units=(6.5, 0),
)
SHOW_USER = Endpoint(
    "GET",
    "/api/v1/server/users/{user_id}",
    holders_of("users:read", "service", "methodist"),
    requests={"GetItem": 3, "BatchGetItem": 1},
    units=(4, 0),
    parameters=lambda scene: scene.user_id(),
)
UPDATE_USER = Endpoint(
    "PATCH",
    "/api/v1/server/users/{user_id}",
    holders_of("users:update"),
    requests={"GetItem": 4, "Query": 1, "TransactWriteItems": 1, "BatchGetItem": 1},
    units=(6, 36),
    body=lambda _: {"name": "Alice Cooper"},
    parameters=lambda scene: scene.user_id(),
    optional=frozenset({"name"}),
)
DELETE_USER = Endpoint(
    "DELETE",
    "/api/v1/server/users/{user_id}",
    holders_of("users:delete"),
    # one write takes the account away, the other the addresses out of its trail, which is queried
    # along with each shard of what the person did
    requests={"GetItem": 4, "Query": 18, "TransactWriteItems": 2, "SendMessage": 1},
    units=(13.5, 56),
    parameters=lambda scene: scene.user_id(),
)
RESET_SECOND_FACTORS = Endpoint(
    "DELETE",
    "/api/v1/server/users/{user_id}/second_factors",
    holders_of("users:update"),
    requests={"GetItem": 4, "TransactWriteItems": 1, "SendMessage": 1},
    units=(4, 24),
    status=204,
    parameters=lambda scene: scene.user_with_factors(),
)
SHOW_USER_SEANCES = Endpoint(
    "POST",
    "/api/v1/server/users/{user_id}/seances",
    holders_of("seances:read"),
    requests={"GetItem": 3, "Query": 1},
    units=(4, 0),
    parameters=lambda scene: scene.user_id(),
)
END_USER_SEANCES = Endpoint(
    "DELETE",
    "/api/v1/server/users/{user_id}/seances",
    holders_of("seances:end"),
    requests={"GetItem": 4, "Query": 1, "TransactWriteItems": 1},
    units=(5, 16),
    parameters=lambda scene: scene.user_id(),
)
SHOW_AUDIT = Endpoint(
    "GET",
    "/api/v1/server/users/{user_id}/audit",
    holders_of("audit:read"),
    requests={"GetItem": 2, "Query": 1},
    units=(3, 0),
    parameters=lambda scene: scene.user_id(),
)
LIST_AUDIT = Endpoint(
    "GET",
    "/api/v1/server/audit",
    holders_of("audit:read"),
    # of each shard of three months, as far as it goes back where it finds less than a page
    requests={"GetItem": 2, "Query": 48, "BatchGetItem": 1},
    units=(36, 0),
)
UNBLOCK_USER = Endpoint(
    "PUT",
    "/api/v1/server/users/{user_id}/unblock",
    holders_of("users:update"),
    requests={"GetItem": 4, "TransactWriteItems": 1, "BatchGetItem": 1},
    units=(4, 26),
    parameters=lambda scene: scene.user_id(),
)
LIST_ROLES = Endpoint(
    "GET",
    "/api/v1/server/roles",
    holders_of("roles:read", "methodist"),
    requests={"GetItem": 2, "Scan": 1},
    units=(3, 0),
)
SAVE_ROLE = Endpoint(
    "PUT",
    "/api/v1/server/roles/{name}",
    holders_of("roles:write"),
    requests={"GetItem": 3, "TransactWriteItems": 1},
    units=(3, 20),
    body=lambda _: {
        "title": {"en": "Gardener", "ru": "Садовник"},
        "permissions": ["content:read", "garden:write"],
    },
    parameters=lambda _: {"name": "gardener"},
)
DELETE_ROLE = Endpoint(
    "DELETE",
    "/api/v1/server/roles/{name}",
    holders_of("roles:write"),
    requests={"GetItem": 3, "TransactWriteItems": 1},
    units=(3, 20),
    status=204,
    parameters=lambda scene: scene.unused_role(),
)
ISSUE_SERVICE_TOKEN = Endpoint(
    "POST",
    "/api/v1/server/service_tokens",
    holders_of("service_tokens:create"),
    requests={"GetItem": 8, "TransactWriteItems": 2, "Sign": 1},
    units=(8, 62),
    status=201,
    body=lambda _: {"email": "shop@services.example.com", "name": "Web shop"},
)
LIST_WEBHOOKS = Endpoint(
    "GET",
    "/api/v1/server/webhooks",
    holders_of("webhooks:read"),
    requests={"GetItem": 2, "Query": 1},
    units=(3, 0),
)
SAVE_WEBHOOK = Endpoint(
    "PUT",
    "/api/v1/server/webhooks/{name}",
    holders_of("webhooks:write"),
    requests={"GetItem": 2, "Query": 1, "GenerateMac": 1, "TransactWriteItems": 1},
    units=(3, 20),
    body=lambda _: {"url": "https://hooks.example.com/users", "events": ["user.created"]},
    parameters=lambda _: {"name": "crm"},
)
DELETE_WEBHOOK = Endpoint(
    "DELETE",
    "/api/v1/server/webhooks/{name}",
    holders_of("webhooks:write"),
    requests={"GetItem": 3, "TransactWriteItems": 1},
    units=(3, 20),
    status=204,
    parameters=lambda scene: scene.webhook(),
)
TEST_WEBHOOK = Endpoint(
    "POST",
    "/api/v1/server/webhooks/{name}/test",
    holders_of("webhooks:write"),
    requests={"GetItem": 3, "SendMessageBatch": 1},
    units=(3, 0),
    status=202,
    parameters=lambda scene: scene.webhook(),
)
LIST_DELIVERIES = Endpoint(
    "GET",
    "/api/v1/server/webhooks/{name}/deliveries",
    holders_of("webhooks:read"),
    requests={"GetItem": 2, "Query": 1},
    units=(3, 0),
    parameters=lambda scene: scene.webhook_with_delivery(),
)
REDELIVER_EVENT = Endpoint(
    "POST",
    "/api/v1/server/webhooks/{name}/deliveries/{delivery_id}",
    holders_of("webhooks:write"),
    requests={"GetItem": 4, "SendMessageBatch": 1},
    units=(4, 0),
    status=202,
    parameters=lambda scene: scene.delivery(),
)

ALL = tuple(value for value in tuple(globals().values()) if isinstance(value, Endpoint))
PROTECTED = tuple(endpoint for endpoint in ALL if endpoint.zone != "public")
# asked for the second step, where it has a body; without one it is for any passkey
PASSKEY_STEP_OPTIONS = replace(
    PASSKEY_LOG_IN_OPTIONS,
    body=lambda scene: {"challenge": scene.passkey_challenge()},
    optional=frozenset({"challenge"}),
)
WITH_BODY = (*(endpoint for endpoint in ALL if endpoint.body is not None), PASSKEY_STEP_OPTIONS)
WITHOUT_BODY = tuple(
    endpoint for endpoint in ALL if endpoint.key not in {other.key for other in WITH_BODY}
)


def each(endpoints: tuple[Endpoint, ...]) -> pytest.MarkDecorator:
    """Run the test once for each endpoint, as ``endpoint``."""
    return pytest.mark.parametrize("endpoint", endpoints, ids=lambda endpoint: endpoint.key)
