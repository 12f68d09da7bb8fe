"""The endpoints of second factors, and the log-ins that ask for one."""

from tests.support.races import factor_arrangements as arrangements
from tests.support.races import factor_proofs as proofs
from tests.support.races.scenario import Scenario

_OVER = (410, "challenge_invalid")
_WRONG = (422, "validation_failed")
_ENDED = (401, "session_ended")
FACTORS = (
    Scenario(
        "log in where a second factor is asked for",
        lambda s: s.service.log_in(s.alice.email),
        202,
        arrange=arrangements.have_an_app,
        holds=proofs.the_challenge_lets_in,
    ),
    Scenario(
        "log in with a code where a second factor is asked for",
        lambda s: s.service.log_in_with_code(s.code),
        202,
        again=_OVER,
        beaten=_OVER,
        arrange=arrangements.have_a_code_by_mail_and_an_app,
        holds=proofs.the_challenge_lets_in_if_told,
    ),
    Scenario(
        "show a second factor",
        lambda s: s.service.prove_second_factor(**s.second_factor),
        200,
        again=_OVER,
        beaten=_OVER,
        arrange=arrangements.have_a_challenge,
        holds=proofs.it_worked_once,
    ),
    Scenario(
        "show a recovery code",
        lambda s: s.service.prove_second_factor(**s.second_factor),
        200,
        again=_OVER,
        beaten=_OVER,
        arrange=arrangements.have_a_challenge_and_a_recovery_code,
        holds=proofs.it_worked_once,
    ),
    Scenario(
        "show a wrong second factor",
        lambda s: s.service.prove_second_factor(s.second_factor["challenge"], s.app.wrong_code()),
        401,
        "invalid_code",
        arrange=arrangements.have_a_challenge,
    ),
    Scenario(
        "show a second factor again",
        lambda s: s.service.prove_second_factor(**s.second_factor),
        *_OVER,
        arrange=arrangements.show_the_factor,
    ),
    Scenario(
        "begin with an app",
        lambda s: s.service.begin_totp(s.alice.token),
        201,
        beaten=_ENDED,
        holds=proofs.the_new_secret_can_be_enabled,
    ),
    Scenario(
        "enable an app",
        lambda s: s.service.enable_totp(s.alice.token, s.app.code()),
        200,
        again=_WRONG,
        beaten=_ENDED,
        arrange=arrangements.begin_with_an_app,
        holds=proofs.the_app_is_asked_for,
    ),
    Scenario(
        "enable an app with a wrong code",
        lambda s: s.service.enable_totp(s.alice.token, s.app.wrong_code()),
        *_WRONG,
        arrange=arrangements.begin_with_an_app,
        holds=proofs.log_ins_ask_for_no_more_than_before,
    ),
    Scenario(
        "disable an app",
        lambda s: s.service.disable_totp(s.alice.token),
        204,
        beaten=_ENDED,
        arrange=arrangements.have_an_app,
        holds=proofs.log_ins_ask_for_no_more_than_before,
    ),
    Scenario(
        "renew one's recovery codes",
        lambda s: s.service.renew_recovery_codes(s.alice.token),
        200,
        beaten=_ENDED,
        arrange=arrangements.have_an_app,
        holds=proofs.the_new_recovery_codes_alone_work,
    ),
    Scenario(
        "confirm one's identity by a second factor",
        lambda s: s.service.confirm_by_code(s.alice.token, s.app.code()),
        200,
        again=_WRONG,
        beaten=_WRONG,
        arrange=arrangements.have_an_app_and_an_old_proof,
        holds=proofs.the_code_proved_it_once,
    ),
    Scenario(
        "confirm one's identity by the password alone where that is too little",
        lambda s: s.service.confirm_identity(s.alice.token),
        403,
        "second_factor_required",
        arrange=arrangements.have_an_app,
    ),
)
