"""One's own name, and the language of one's mails."""

from dataclasses import dataclass

from accounts import clock, settings
from accounts.access import account_changes, sessions
from accounts.access.authentication import Principal
from accounts.errors import OwnChangesOffError
from accounts.storage import audit, search_index
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import retried, write


@dataclass(frozen=True)
class Profile:
    """What to change about one's account; None stays as it is."""

    name: str | None = None
    language: str | None = None


def update(profile: Profile, caller: Principal) -> Principal:
    """Change the caller's account, tell all its sessions, and return the caller as they are now.

    Raises:
        OwnChangesOffError: people do not change these themselves here.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    if not settings.current().own_profile:
        raise OwnChangesOffError
    return retried(lambda: _update(profile, caller))


def _update(profile: Profile, caller: Principal) -> Principal:
    user = account_changes.callers_account(caller)
    name, language = profile.name or user.name, profile.language or user.language
    devices = sessions.live(user.id)
    # each has to be there still, the caller's own too
    caller.session_conditions(within=[device.session_id for device in devices])
    actions = [User.name.set(name), User.language.set(language), User.updated_at.set(clock.now())]
    told = [UserSession.name.set(name), UserSession.language.set(language)]
    event = audit.event(
        user.id,
        "user_updated",
        name="changed" if name != user.name else None,
        language=language if language != user.language else None,
    )
    write(
        account_changes.in_place(user, actions),
        *account_changes.in_sessions(devices, told),
        *search_index.moved(user, name=name),
        event,
    )
    caller.session.name, caller.session.language = name, language
    return caller
