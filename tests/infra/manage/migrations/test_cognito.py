"""People of a Cognito user pool, in the CSV that AWS documents for importing users."""

from collections.abc import Callable

import pytest

from accounts.storage import users
from tests.infra.manage.conftest import Manage
from tests.infra.manage.migrations.conftest import Follow, LogIn, user

HEADER = (
    "cognito:username,name,given_name,family_name,middle_name,nickname,preferred_username,profile,"
    "picture,website,email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,"
    "phone_number_verified,address,updated_at,cognito:mfa_enabled"
)
JOHN = "John,,John,Doe,,,,,,,john@example.com,TRUE,,02/01/1985,,ru-RU,+12345550100,TRUE,,,FALSE"
JANE = 'Jane,Jane Roe,,,,,,,,,jane@example.com,FALSE,,,,,,,"12, Any Street",,TRUE'
NOBODY = "phone,,,,,,,,,,,,,,,,+12345550101,TRUE,,,FALSE"


def _file(*rows: str) -> str:
    return "\n".join((HEADER, *rows, ""))


def test_people_come_without_a_password_and_set_one(
    follow: Follow, manage: Manage, log_in: LogIn
) -> None:
    ended = follow("cognito", _file(JOHN, JANE, NOBODY))

    assert ended.code == 0
    john, jane = user("john@example.com"), user("jane@example.com")
    assert (john.name, john.language, users.has_confirmed_email(john)) == ("John Doe", "ru", True)
    assert (jane.name, jane.language, users.has_confirmed_email(jane)) == ("Jane Roe", "en", False)
    assert (john.role, john.status) == ("read_only", "active")
    assert log_in("john@example.com", "their old password") == 401
    assert manage("reset-link", "john@example.com").code == 0


def test_what_is_not_taken_is_told(follow: Follow) -> None:
    ended = follow("cognito", _file(JOHN, JANE, NOBODY))

    assert ended.err.splitlines() == [
        "2 accounts imported, 0 there already, 0 lines refused.",
        (
            "Of these people 0 have a password and 2 set one by mail; 1 have an address that is not"
            " confirmed, 0 are disabled, 0 keep their authenticator app."
        ),
        "Skipped: no e-mail address (1).",
        (
            "Left behind: address (1), birthdate (1), phone_number (1), phone_number_verified (1),"
            " second factor (1)."
        ),
    ]


def test_who_is_disabled_stays_so_where_the_file_tells(follow: Follow) -> None:
    header = "cognito:username,name,email,email_verified,enabled"

    follow("cognito", f"{header}\nx,X,x@example.com,true,false\ny,Y,y@example.com,true,true\n")

    assert (user("x@example.com").status, user("y@example.com").status) == ("disabled", "active")


def test_cell_that_is_no_flag_is_refused(
    follow: Follow, refused: Callable[[str], dict[int, str]]
) -> None:
    ended = follow("cognito", _file(JOHN, JANE.replace("FALSE", "maybe"), "short,row", ""))

    assert ended.code == 1
    assert refused("users.csv") == {
        3: "email_verified: Must be true or false",
        4: "2 cells for 21 columns",
    }


@pytest.mark.parametrize("header", ["", "email,name", HEADER.replace("name,", "email,", 1)])
def test_file_of_another_form_is_refused(follow: Follow, header: str) -> None:
    ended = follow("cognito", f"{header}\n{JOHN}\n")

    assert ended.code == 1
    assert "The first line of the CSV must name its columns" in ended.err


def test_all_of_a_file_get_the_role_that_is_asked_for(follow: Follow) -> None:
    follow("cognito", _file(JOHN), "--role", "methodist")

    assert user("john@example.com").role == "methodist"


@pytest.mark.parametrize("options", [("--role", "pirate"), ("--roles", "pirates=pirate")])
def test_role_that_is_not_there_is_refused(follow: Follow, options: tuple[str, str]) -> None:
    ended = follow("cognito", _file(JOHN), *options)

    assert (ended.code, ended.err) == (
        1,
        "There is no role pirate. Save it first, or name another.\n",
    )
    assert users.find_by_email("john@example.com") is None


@pytest.mark.parametrize("text", ["methodist", "=methodist", "teacher="])
def test_roles_are_pairs(follow: Follow, text: str) -> None:
    with pytest.raises(SystemExit):
        follow("cognito", _file(JOHN), "--roles", text)


def test_roles_are_for_files_of_other_systems(manage: Manage) -> None:
    ended = manage("import-users", "people.jsonl", "--role", "methodist")

    assert (ended.code, ended.err) == (
        1,
        "--role and --roles go with --from: lines of our own name their roles.\n",
    )
