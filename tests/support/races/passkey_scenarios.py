"""The endpoints of passkeys: each request in the states that take it along another path."""

from tests.support.races import passkey_arrangements as arrangements
from tests.support.races import passkey_proofs as proofs
from tests.support.races.scenario import Scenario

_OVER = (410, "challenge_invalid")
_ENDED = (401, "session_ended")
PASSKEYS = (
    Scenario(
        "add a passkey",
        lambda s: s.service.add_passkey(s.alice.token, s.passkey),
        201,
        again=_OVER,
        beaten=_ENDED,
        arrange=arrangements.have_one_made,
        holds=proofs.it_signs_in,
    ),
    Scenario(
        "remove one's last passkey",
        lambda s: s.service.delete_passkey(s.alice.token, s.passkey_id),
        204,
        beaten=_ENDED,
        arrange=arrangements.have_one,
        holds=proofs.it_opens_nothing,
    ),
    Scenario(
        "remove one of two passkeys",
        lambda s: s.service.delete_passkey(s.alice.token, s.passkey_id),
        204,
        beaten=_ENDED,
        arrange=arrangements.have_two,
        holds=proofs.it_opens_nothing,
    ),
    Scenario(
        "sign in with a passkey",
        lambda s: s.service.log_in_with_passkey(s.passkey),
        200,
        again=_OVER,
        beaten=_OVER,
        arrange=arrangements.use_it,
        holds=proofs.it_is_used_up,
    ),
    Scenario(
        "sign in with a passkey again",
        lambda s: s.service.log_in_with_passkey(s.passkey),
        *_OVER,
        arrange=arrangements.sign_in_with_it,
    ),
    Scenario(
        "sign in with a copy of a passkey",
        lambda s: s.service.log_in_with_passkey(s.passkey),
        401,
        "invalid_passkey",
        again=_OVER,
        beaten=_OVER,
        arrange=arrangements.use_a_copy_of_it,
        holds=proofs.the_owner_is_told_once,
    ),
    Scenario(
        "show a passkey as the second factor",
        lambda s: s.service.prove_passkey(s.second_factor["challenge"], s.passkey),
        200,
        again=_OVER,
        beaten=_OVER,
        arrange=arrangements.use_it_as_the_second_step,
        holds=proofs.the_step_is_done,
    ),
    Scenario(
        "confirm one's identity by a passkey",
        lambda s: s.service.confirm_by_passkey(s.alice.token, s.passkey),
        200,
        again=_OVER,
        beaten=_OVER,
        arrange=arrangements.use_it_to_confirm,
        holds=proofs.it_proved_it_once,
    ),
)
