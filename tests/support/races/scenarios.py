"""Every endpoint in every state of affairs that takes it along another path through AWS."""

from collections.abc import Mapping

from tests.support import register, scene
from tests.support.endpoint import Endpoint
from tests.support.races import arrangements, proofs
from tests.support.races.arrangements import BACK_END_EMAIL, NEW_EMAIL, ROLE
from tests.support.races.factor_scenarios import FACTORS
from tests.support.races.passkey_scenarios import PASSKEYS
from tests.support.races.proofs import KEY
from tests.support.races.scenario import Scenario, Scene
from tests.support.races.service import NEW_PASSWORD, PASSWORD

PUBLIC = (
    Scenario("log in", lambda s: s.service.log_in(s.alice.email), 200, holds=proofs.both_work),
    Scenario(
        "log in after failures and a wait",
        lambda s: s.service.log_in(s.alice.email),
        200,
        arrange=arrangements.fail_and_wait,
        holds=proofs.both_work,
    ),
    Scenario(
        "log in on one device too many",
        lambda s: s.service.log_in(s.alice.email),
        200,
        arrange=arrangements.fill_the_devices,
        holds=proofs.one_device_made_room,
    ),
    Scenario(
        "log in for the first time after an import",
        lambda s: s.service.log_in(s.alice.email),
        200,
        arrange=arrangements.have_a_hash_from_elsewhere,
        holds=proofs.the_hash_is_our_own,
    ),
    Scenario(
        "log in too soon after failures",
        lambda s: s.service.log_in(s.alice.email),
        429,
        "too_many_requests",
        arrange=arrangements.fail_and_be_blocked,
    ),
    Scenario(
        "log in from a known device while strangers are blocked",
        lambda s: s.service.log_in(s.alice.email, device_token=s.device_token),
        200,
        arrange=arrangements.know_this_device_and_be_attacked,
        holds=proofs.the_device_is_still_known,
    ),
    Scenario(
        "log in with a wrong password from a known device",
        lambda s: s.service.log_in(s.alice.email, "wrong", s.device_token),
        401,
        "invalid_credentials",
        arrange=arrangements.know_this_device,
    ),
    Scenario(
        "log in with a wrong password",
        lambda s: s.service.log_in(s.alice.email, "wrong"),
        401,
        "invalid_credentials",
    ),
    Scenario(
        "log in as nobody",
        lambda s: s.service.log_in("nobody@example.com"),
        401,
        "invalid_credentials",
    ),
    Scenario("refresh", lambda s: s.service.refresh(s.refresh_token), 200, holds=proofs.both_work),
    Scenario(
        "refresh again within the grace",
        lambda s: s.service.refresh(s.refresh_token),
        200,
        arrange=arrangements.rotate,
        holds=proofs.both_work,
    ),
    Scenario(
        "refresh again beyond the grace",
        lambda s: s.service.refresh(s.refresh_token),
        401,
        "session_ended",
        arrange=arrangements.rotate_long_ago,
        holds=proofs.this_one_is_over,
    ),
    Scenario(
        "log in with a code",
        lambda s: s.service.log_in_with_code(s.code),
        200,
        again=(410, "challenge_invalid"),
        beaten=(410, "challenge_invalid"),
        arrange=arrangements.have_a_code,
        holds=proofs.both_work_if_told,
    ),
    Scenario(
        "log in with a code while the password is off",
        lambda s: s.service.log_in_with_code(s.code),
        200,
        again=(410, "challenge_invalid"),
        beaten=(410, "challenge_invalid"),
        arrange=arrangements.have_a_code_after_strangers_switched_the_password_off,
        holds=proofs.the_password_lets_in_again,
    ),
    Scenario(
        "log in with a wrong code",
        lambda s: s.service.log_in_with_code({**s.code, "code": "99999999"}),
        401,
        "invalid_code",
        arrange=arrangements.have_a_code,
    ),
    Scenario(
        "log in with a used code",
        lambda s: s.service.log_in_with_code(s.code),
        410,
        "challenge_invalid",
        arrange=arrangements.use_a_code,
    ),
    Scenario(
        "set one's own new password",
        lambda s: s.service.set_new_password(s.reset_token),
        200,
        again=(410, "reset_token_invalid"),
        arrange=arrangements.have_a_reset_token,
        holds=proofs.the_new_password_alone_works,
    ),
    Scenario(
        "set one's own new password with a spent token",
        lambda s: s.service.set_new_password(s.reset_token),
        410,
        "reset_token_invalid",
        arrange=arrangements.spend_a_reset_token,
    ),
)
EMAIL_CHANGES = (
    Scenario(
        "confirm an e-mail",
        lambda s: s.service.confirm_email(s.email_token),
        200,
        again=(410, "email_token_invalid"),
        beaten=(410, "email_token_invalid"),
        arrange=arrangements.begin_a_change_of_address,
        holds=proofs.has_the_new_address,
    ),
    Scenario(
        "confirm an e-mail again",
        lambda s: s.service.confirm_email(s.email_token),
        410,
        "email_token_invalid",
        arrange=arrangements.change_the_address,
    ),
    Scenario(
        "confirm an e-mail that is somebody else's by now",
        lambda s: s.service.confirm_email(s.email_token),
        410,
        "email_token_invalid",
        arrange=arrangements.lose_the_new_address,
    ),
    Scenario(
        "undo a change of e-mail",
        lambda s: s.service.undo_email_change(s.undo_token),
        200,
        again=(410, "undo_token_invalid"),
        arrange=arrangements.change_the_address,
        holds=proofs.has_the_old_address_back,
    ),
    Scenario(
        "undo the first of several changes of e-mail",
        lambda s: s.service.undo_email_change(s.undo_token),
        200,
        again=(410, "undo_token_invalid"),
        arrange=arrangements.change_the_address_back_and_forth,
        holds=proofs.has_the_old_address_back,
    ),
    Scenario(
        "undo a change of e-mail that is not confirmed",
        lambda s: s.service.undo_email_change(s.undo_token),
        200,
        again=(410, "undo_token_invalid"),
        arrange=arrangements.begin_a_change_of_address,
        holds=proofs.has_the_old_address_back,
    ),
    Scenario(
        "undo a change of e-mail again",
        lambda s: s.service.undo_email_change(s.undo_token),
        410,
        "undo_token_invalid",
        arrange=arrangements.undo_the_change,
    ),
)
SIGN_UPS = (
    Scenario(
        "sign up oneself",
        lambda s: s.service.sign_up_oneself(NEW_EMAIL),
        202,
        holds=proofs.has_no_account_but_may_confirm,
        # whoever waits and was sent no mail signs up once more
        in_steps=True,
    ),
    Scenario(
        "sign up oneself where somebody waits",
        lambda s: s.service.sign_up_oneself(NEW_EMAIL, NEW_PASSWORD),
        202,
        arrange=arrangements.wait_for_an_account,
        holds=proofs.has_no_account_but_may_confirm,
        in_steps=True,
    ),
    Scenario(
        "confirm a sign-up",
        lambda s: s.service.confirm_email(s.email_token, PASSWORD),
        200,
        again=(410, "email_token_invalid"),
        beaten=(410, "email_token_invalid"),
        arrange=arrangements.wait_for_an_account,
        holds=proofs.has_the_account,
    ),
    Scenario(
        "confirm a sign-up without knowing the password",
        lambda s: s.service.confirm_email(s.email_token, NEW_PASSWORD),
        422,
        "validation_failed",
        beaten=(410, "email_token_invalid"),
        arrange=arrangements.wait_for_an_account,
    ),
    Scenario(
        "confirm a sign-up at an address that is somebody else's by now",
        lambda s: s.service.confirm_email(s.email_token, PASSWORD),
        410,
        "email_token_invalid",
        arrange=arrangements.lose_the_address_meanwhile,
    ),
    Scenario(
        "confirm the present e-mail",
        lambda s: s.service.confirm_email(s.email_token),
        200,
        again=(410, "email_token_invalid"),
        arrange=arrangements.have_an_unconfirmed_address,
        holds=proofs.has_a_confirmed_address,
    ),
)
PRIVATE = (
    Scenario(
        "who am I after a while",
        lambda s: s.service.who_am_i(s.alice.token),
        200,
        arrange=arrangements.be_idle,
    ),
    Scenario(
        "who am I when signed out",
        lambda s: s.service.who_am_i(s.alice.token),
        401,
        "session_ended",
        arrange=arrangements.end_this_one,
    ),
    Scenario(
        "log out",
        lambda s: s.service.log_out(s.alice.token),
        200,
        again=(401, "session_ended"),
        holds=proofs.this_one_is_over,
    ),
    Scenario(
        "log out after a while",
        lambda s: s.service.log_out(s.alice.token),
        200,
        again=(401, "session_ended"),
        arrange=arrangements.be_idle,
        holds=proofs.this_one_is_over,
    ),
    Scenario(
        "end a seance",
        lambda s: s.service.end_seance(s.alice.token, s.laptop.session_id),
        204,
        holds=proofs.the_other_is_over,
    ),
    Scenario(
        "end the other seances",
        lambda s: s.service.end_other_seances(s.alice.token),
        200,
        holds=proofs.the_other_is_over,
    ),
    Scenario(
        "change the password",
        lambda s: s.service.change_password(s.alice.token, PASSWORD),
        200,
        again=(422, "validation_failed"),
        holds=proofs.this_device_alone_stays,
    ),
    Scenario(
        "confirm one's identity",
        lambda s: s.service.confirm_identity(s.alice.token),
        200,
        arrange=arrangements.let_the_proof_grow_old,
        holds=proofs.this_device_alone_is_proved,
    ),
    Scenario(
        "confirm one's identity without knowing the password",
        lambda s: s.service.confirm_identity(s.alice.token, "wrong"),
        422,
        "validation_failed",
    ),
    Scenario(
        "do on an old proof what takes a recent one",
        lambda s: s.service.issue_service_token(BACK_END_EMAIL),
        403,
        "reauthentication_required",
        arrange=arrangements.let_the_proof_grow_old,
    ),
    Scenario(
        "change the password without knowing it",
        lambda s: s.service.change_password(s.alice.token, "wrong"),
        422,
        "validation_failed",
    ),
)
OWN_ACCOUNT = (
    Scenario(
        "change one's own name",
        lambda s: s.service.update_own_account(s.alice.token, name="Alicia"),
        200,
        holds=proofs.is_called_alicia,
    ),
    Scenario(
        "ask for another e-mail",
        lambda s: s.service.change_own_email(s.alice.token, NEW_EMAIL),
        202,
        holds=proofs.may_have_the_new_address,
    ),
    Scenario(
        "ask for an e-mail that is taken",
        lambda s: s.service.change_own_email(s.alice.token, s.administrator.email),
        202,
        holds=proofs.cannot_have_the_administrators_address,
    ),
    Scenario(
        "call off a change of one's e-mail",
        lambda s: s.service.change_own_email(s.alice.token, s.alice.email),
        202,
        arrange=arrangements.begin_a_change_of_address,
        holds=proofs.keeps_the_address,
    ),
    Scenario(
        "delete one's own account",
        lambda s: s.service.delete_own_account(s.alice.token),
        204,
        again=(401, "session_ended"),
        beaten=(401, "session_ended"),
        holds=proofs.has_left,
    ),
    Scenario(
        "delete one's own account as the last administrator",
        lambda s: s.service.delete_own_account(s.administrator.token),
        409,
        "last_administrator",
    ),
)
BACK_END = (
    Scenario(
        "sign up",
        lambda s: s.service.sign_up(NEW_EMAIL),
        201,
        again=(409, "user_exists"),
        holds=proofs.the_new_person_logs_in,
    ),
    Scenario(
        "sign up with a key",
        lambda s: s.service.sign_up(NEW_EMAIL, key=KEY),
        201,
        holds=proofs.the_key_is_remembered,
    ),
    Scenario(
        "sign up with a role that is counted",
        lambda s: s.service.sign_up(NEW_EMAIL, role=ROLE),
        201,
        again=(409, "user_exists"),
        arrange=arrangements.add_a_role,
        holds=proofs.the_new_person_logs_in,
    ),
    Scenario(
        "sign up with an e-mail that is taken",
        lambda s: s.service.sign_up(s.alice.email),
        409,
        "user_exists",
    ),
    Scenario(
        "sign up without the permission",
        lambda s: s.service.sign_up(NEW_EMAIL, token=s.alice.token),
        403,
        "permission_missing",
    ),
    Scenario("invite", lambda s: s.service.invite(NEW_EMAIL), 201, again=(409, "user_exists")),
    Scenario(
        "issue a reset token",
        lambda s: s.service.issue_reset_token(s.alice.email),
        201,
        holds=proofs.the_token_works,
    ),
    Scenario(
        "issue a reset token with a key",
        lambda s: s.service.issue_reset_token(s.alice.email, key=KEY),
        201,
        holds=proofs.the_token_works,
    ),
    Scenario(
        "issue a reset token for nobody",
        lambda s: s.service.issue_reset_token("nobody@example.com"),
        404,
        "user_not_found",
    ),
    Scenario(
        "reset the password",
        lambda s: s.service.reset_password(s.reset_token),
        200,
        again=(410, "reset_token_invalid"),
        arrange=arrangements.have_a_reset_token,
        holds=proofs.the_new_password_alone_works,
    ),
    Scenario(
        "reset the password with a spent token",
        lambda s: s.service.reset_password(s.reset_token),
        410,
        "reset_token_invalid",
        arrange=arrangements.spend_a_reset_token,
    ),
)
ADMINISTRATOR = (
    Scenario("list those of a role", lambda s: s.service.list_users(role="read_only"), 200),
    Scenario(
        "list those of a role and a status",
        lambda s: s.service.list_users(role="read_only", status="active"),
        200,
    ),
    Scenario(
        "rename a user",
        lambda s: s.service.update_user(s.alice.id, name="Alicia"),
        200,
        holds=proofs.is_called_alicia,
    ),
    Scenario(
        "change a user's role",
        lambda s: s.service.update_user(s.alice.id, role="methodist"),
        200,
        holds=proofs.is_a_methodist,
    ),
    Scenario(
        "give a user a role that is counted",
        lambda s: s.service.update_user(s.alice.id, role=ROLE),
        200,
        arrange=arrangements.add_a_role,
        holds=proofs.holds_the_role,
    ),
    Scenario(
        "make a user an administrator",
        lambda s: s.service.update_user(s.alice.id, role="administrator"),
        200,
        holds=proofs.administers,
    ),
    Scenario(
        "disable a user",
        lambda s: s.service.update_user(s.alice.id, status="disabled"),
        200,
        holds=proofs.is_kept_out,
    ),
    Scenario(
        "begin to change a user's e-mail",
        lambda s: s.service.update_user(s.alice.id, email=NEW_EMAIL),
        200,
        holds=proofs.waits_for_the_new_address,
    ),
    Scenario(
        "give a user an e-mail that is taken",
        lambda s: s.service.update_user(s.alice.id, email=s.administrator.email),
        409,
        "user_exists",
    ),
    Scenario(
        "disable the last administrator",
        lambda s: s.service.update_user(
            s.administrator.id, s.administrator.token, status="disabled"
        ),
        409,
        "last_administrator",
    ),
    Scenario(
        "delete a user",
        lambda s: s.service.delete_user(s.alice.id),
        200,
        holds=proofs.is_gone,
        in_steps=True,
    ),
    Scenario(
        "end a user's seances",
        lambda s: s.service.end_user_seances(s.alice.id),
        200,
        holds=proofs.is_signed_out,
    ),
    Scenario(
        "make a role",
        lambda s: s.service.save_role(ROLE, "content:read"),
        200,
        holds=proofs.the_role_can_be_given,
    ),
    Scenario(
        "change a role",
        lambda s: s.service.save_role(ROLE, "content:write"),
        200,
        arrange=arrangements.add_a_role,
        holds=proofs.the_role_can_be_given,
    ),
    Scenario(
        "delete a role",
        lambda s: s.service.delete_role(ROLE),
        204,
        again=(404, "role_not_found"),
        arrange=arrangements.add_a_role,
        holds=proofs.the_role_cannot_be_given,
    ),
    Scenario(
        "delete a role that somebody holds",
        lambda s: s.service.delete_role(ROLE),
        409,
        "role_in_use",
        arrange=arrangements.give_a_role,
    ),
    Scenario(
        "issue a service token",
        lambda s: s.service.issue_service_token(BACK_END_EMAIL),
        201,
        arrange=arrangements.know_the_back_end,
        holds=proofs.the_service_token_works,
    ),
    Scenario(
        "issue a back-end's first token",
        lambda s: s.service.issue_service_token(BACK_END_EMAIL),
        201,
        holds=proofs.the_service_token_works,
        in_steps=True,
    ),
    Scenario(
        "issue a service token with a key",
        lambda s: s.service.issue_service_token(BACK_END_EMAIL, key=KEY),
        201,
        arrange=arrangements.know_the_back_end,
        holds=proofs.the_service_token_works,
    ),
)
WITHOUT_ROUTE = (
    Scenario("let a request through elsewhere", lambda s: s.service.authorize(s.alice.token), 200),
    Scenario(
        "let a request through elsewhere after a while",
        lambda s: s.service.authorize(s.alice.token),
        200,
        arrange=arrangements.be_idle,
    ),
    Scenario(
        "hold a request up elsewhere when signed out",
        lambda s: s.service.authorize(s.alice.token),
        401,
        arrange=arrangements.end_this_one,
    ),
    Scenario(
        "mail a reset token",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.forget_the_password,
        holds=proofs.the_mail_lets_in,
    ),
    Scenario(
        "mail a log-in code",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.want_a_code,
        holds=proofs.the_link_lets_in,
    ),
    Scenario(
        "mail an invitation",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.invite,
        holds=proofs.the_mail_lets_in,
    ),
    Scenario(
        "mail how to go on after a sign-up",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.order_the_mail_of_a_sign_up,
        holds=proofs.the_mail_makes_an_account,
    ),
    Scenario(
        "mail that there is an account",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.order_the_mail_of_a_sign_up_at_an_address_that_is_taken,
        holds=proofs.the_mail_lets_in,
    ),
    Scenario(
        "mail that the password was changed",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.have_a_new_password,
        holds=proofs.the_mail_tells_of_it,
    ),
    Scenario(
        "mail that the account was deleted",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.be_deleted,
        holds=proofs.the_mail_tells_of_it,
    ),
    Scenario(
        "mail that one has left",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.leave,
        holds=proofs.the_mail_tells_and_nothing_else_does,
    ),
    Scenario(
        "mail a link that confirms an address",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.ask_for_another_address,
        holds=proofs.the_mail_gives_the_new_address,
    ),
    Scenario(
        "mail that an address is taken",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.ask_for_the_administrators_address,
        holds=proofs.the_mail_tells_the_administrator,
    ),
    Scenario(
        "mail a link that undoes a change of address",
        lambda s: s.service.send_mail(s.order),
        200,
        arrange=arrangements.be_about_to_move,
        holds=proofs.the_mail_leads_back,
    ),
)
# whose request that succeeds is a scenario above, with a proof of what it did
PROVED = frozenset(
    {
        register.LOG_IN,
        register.LOG_IN_WITH_CODE,
        register.LOG_IN_WITH_PASSKEY,
        register.ADD_PASSKEY,
        register.DELETE_PASSKEY,
        register.PROVE_SECOND_FACTOR,
        register.BEGIN_TOTP,
        register.ENABLE_TOTP,
        register.DISABLE_TOTP,
        register.RENEW_RECOVERY_CODES,
        register.REFRESH,
        register.LOG_OUT,
        register.END_SEANCE,
        register.END_OTHER_SEANCES,
        register.CHANGE_PASSWORD,
        register.SELF_SIGN_UP,
        register.CONFIRM_EMAIL,
        register.UNDO_EMAIL_CHANGE,
        register.CONFIRM_IDENTITY,
        register.UPDATE_OWN_ACCOUNT,
        register.CHANGE_OWN_EMAIL,
        register.DELETE_OWN_ACCOUNT,
        register.SIGN_UP,
        register.ISSUE_RESET_TOKEN,
        register.RESET_PASSWORD,
        register.SET_NEW_PASSWORD,
        register.UPDATE_USER,
        register.DELETE_USER,
        register.END_USER_SEANCES,
        register.SAVE_ROLE,
        register.DELETE_ROLE,
        register.ISSUE_SERVICE_TOKEN,
    }
)


# what those answer that do their deed once, when it is done
AGAIN: Mapping[Endpoint, tuple[int, str]] = {
    register.DELETE_WEBHOOK: (404, "webhook_not_found"),
}


def _of(endpoint: Endpoint) -> Scenario:
    """Return the scenario of the endpoint's request that succeeds, as the register has it."""

    def arrange(stage: Scene) -> None:
        service = stage.service
        ground = scene.Scene(service.api, stage.alice, stage.administrator, service.back_end)
        stage.request = endpoint.request(ground)

    return Scenario(
        endpoint.key,
        lambda s: s.service.api.call(**s.request),
        endpoint.status,
        arrange=arrange,
        again=AGAIN.get(endpoint),
    )


# the others, as far as they ask anything of AWS
BY_THE_REGISTER = tuple(_of(it) for it in register.ALL if it.requests and it not in PROVED)
SCENARIOS = (
    *PUBLIC,
    *SIGN_UPS,
    *EMAIL_CHANGES,
    *PRIVATE,
    *OWN_ACCOUNT,
    *FACTORS,
    *PASSKEYS,
    *BACK_END,
    *ADMINISTRATOR,
    *BY_THE_REGISTER,
    *WITHOUT_ROUTE,
)
