"""GET /api/v1/server/users: who is found by a search, by what, and who is not."""

from collections.abc import Mapping

import pytest

from accounts.access import indexing, new_accounts
from accounts.storage import places
from accounts.storage.search_index import IndexState
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.desk import Desk, settle
from tests.support.people import Person
from tests.support.register import LIST_USERS


def _person(email: str, name: str, role: str = "read_only", status: str = "active") -> int:
    user = new_accounts.new_user(email, name, role, None)
    user.status = status
    new_accounts.create(user)
    return int(user.id)


@pytest.fixture
def school(stack: Deployment) -> None:
    """People of one domain, whose names begin alike."""
    _person("semyon.petrov@school.example.com", "Семён Петров", "methodist")
    _person("semen.petrenko@school.example.com", "Семен Петренко", status="disabled")
    _person("petra.fried@school.example.com", "Petra Fried-Müller")
    _person("pete@office.example.org", "Peter O'Petty")


def _found(desk: Desk, **query: object) -> list[str]:
    return [user["email"].partition("@")[0] for page in desk.pages(**query) for user in page]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("сем", {"semyon.petrov", "semen.petrenko"}),
        ("СЕМЁН", {"semyon.petrov", "semen.petrenko"}),
        ("семен", {"semyon.petrov", "semen.petrenko"}),
        ("семе\u0308н", {"semyon.petrov", "semen.petrenko"}),
        ("Петре", {"semen.petrenko"}),
        ("pet", {"semyon.petrov", "semen.petrenko", "petra.fried", "pete"}),
        ("PETRA", {"petra.fried"}),
        ("mull", set()),
        ("müll", {"petra.fried"}),
        ("MU\u0308LLER", {"petra.fried"}),
        ("\uff30\uff25\uff34\uff32\uff21", {"petra.fried"}),
        ("fried-m", {"petra.fried"}),
        ("school", {"semyon.petrov", "semen.petrenko", "petra.fried"}),
        ("office.example", {"pete"}),
        ("pete@office.example.org", {"pete"}),
        ("semyon.petrov@school", {"semyon.petrov"}),
        ("петров семен", {"semyon.petrov"}),
        ("peter o'p", {"pete"}),
        ("petra petrov", set()),
        ("etra", set()),
        ("zz", set()),
    ],
)
def test_words_are_found_by_how_they_begin(
    desk: Desk, school: None, text: str, names: set[str]
) -> None:
    found = _found(desk, search=text)

    assert set(found) == names
    assert len(found) == len(names)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"search": "pet", "role": "methodist"}, {"semyon.petrov"}),
        ({"search": "pet", "status": "disabled"}, {"semen.petrenko"}),
        ({"search": "pet", "status": "active", "role": "read_only"}, {"petra.fried", "pete"}),
        ({"search": "pet", "email": "petra"}, {"petra.fried"}),
    ],
)
@pytest.mark.parametrize("limit", [1, 100])
def test_filters_narrow_what_is_found(
    desk: Desk, school: None, query: Mapping[str, object], names: set[str], limit: int
) -> None:
    found = _found(desk, **query, limit=limit)

    assert set(found) == names
    assert len(found) == len(names)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_make_up_what_is_found(desk: Desk, limit: int) -> None:
    for number in range(20):
        _person(f"pupil{number:02}@pupils.example.com", f"Pupil Pupilson {number:02}")
    whole = _found(desk, search="pupil")

    pages = list(desk.pages(search="pupil", limit=limit))

    assert sorted(whole) == [f"pupil{number:02}" for number in range(20)]
    assert [user["email"].partition("@")[0] for page in pages for user in page] == whole
    assert all(len(page) <= limit for page in pages)


def test_who_comes_and_goes_meanwhile_neither_repeats_nor_hides_nobody_else(desk: Desk) -> None:
    ids = [_person(f"pupil{number:02}@example.net", f"Pupil {number}") for number in range(12)]
    gone = ids[3]
    seen: list[int] = []

    for number, page in enumerate(desk.pages(search="pupil", limit=2)):
        seen += [user["id"] for user in page]
        if number == 0:
            assert desk.delete(gone).status == 200
            settle("pupil99@example.net")

    assert len(seen) == len(set(seen))
    assert {*ids} - {gone} <= set(seen)


def test_who_is_found_by_several_words_is_shown_once(desk: Desk) -> None:
    user_id = _person("anna.annova@anna.example", "Anna Annabel Annova")

    found = [user["id"] for page in desk.pages(search="ann", limit=1) for user in page]

    assert found.count(user_id) == 1


def test_renamed_person_is_found_by_the_new_name_alone(desk: Desk, alice: Person) -> None:
    assert desk.update(alice.id, name="Zuleika").status == 200

    assert _found(desk, search="zuleika") == ["alice"]
    # her address has it still
    assert _found(desk, search="alice") == ["alice"]


def test_person_who_is_renamed_between_index_and_account_is_not_shown(
    desk: Desk, aws_calls: AwsCalls
) -> None:
    user_id = _person("one@example.net", "Ophelia")
    by_words = desk.list_users(search="ophelia")
    assert [user["id"] for user in by_words.json["users"]] == [user_id]
    aws_calls.forget()
    # session, role, a query for each shard, accounts
    aws_calls.before(2 + 16 + 1, lambda: desk.update(user_id, name="Gertrude"))

    assert desk.list_users(search="ophelia").json["users"] == []


def test_search_costs_a_query_a_shard_and_two_reads(
    desk: Desk, school: None, aws_calls: AwsCalls
) -> None:
    desk.list_users(search="pet")
    aws_calls.forget()

    desk.list_users(search="pet")

    reads = ["GetItem", "GetItem", *["Query"] * 16, "BatchGetItem", "BatchGetItem"]
    assert aws_calls.operations == reads
    assert len({str(call.arguments) for call in aws_calls.made if call.operation == "Query"}) == 16


def test_rarest_of_several_words_is_looked_up(desk: Desk, aws_calls: AwsCalls) -> None:
    crowd = counted = 0
    # one shard tells how many have a word, so more than one of them is to be there
    while counted < 2:
        user_id = _person(f"p{crowd}@crowd.example.net", "Somebody")
        counted += places.shard(user_id) == places.SHARDS[0]
        crowd += 1
    _person("hermit@crowd.example.net", "Hermit")
    desk.list_users(search="hermit")
    aws_calls.forget()

    answer = desk.list_users(search="hermit@crowd.example.net")

    assert [user["name"] for user in answer.json["users"]] == ["Hermit"]
    assert "cursor" not in answer.json
    beginnings = [str(call.arguments) for call in aws_calls.made if call.operation == "Query"]
    assert len([text for text in beginnings if "hermit" in text]) >= 16


def test_until_everybody_is_in_the_index_search_says_so(desk: Desk, alice: Person) -> None:
    state = IndexState.get(IndexState.BEGINNING, indexing.REVISION)
    state.is_complete = False
    state.save()
    indexing.require_complete.cache_clear()

    for query in ({"search": "alice"}, {"sort": "created_at"}, {"sort": "last_log_in"}):
        answer = desk.list_users(**query)
        assert (answer.status, answer.code) == (409, "search_incomplete")
    assert desk.list_users(email="alice").status == 200

    state.is_complete = True
    state.save()
    assert _found(desk, search="alice") == ["alice"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "%20", "a%20b", ".", "**", "%25%25", "@", "%00%00", "%F0%9F%99%82%F0%9F%99%82"),
        *("a" * 255, "a" * 9000, "+".join(["ab"] * 9), "%ED%A0%80"),
    ],
)
def test_text_without_a_word_or_with_too_many_is_refused(desk: Desk, text: str) -> None:
    answer = desk.api.call(LIST_USERS.method, f"{LIST_USERS.path}?search={text}", token=desk.token)

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert [detail["field"] for detail in answer.json["details"]] == ["search"]


@pytest.mark.parametrize(
    "text",
    [
        "al*",
        "al%25",
        "al_ce",
        "al?ce",
        "'ali' OR 1",
        ":al",
        "#al",
        "{$gt}al",
        "alice%00bob",
        "alice\ud800x",
    ],
)
def test_search_has_no_operators_and_no_wildcards(desk: Desk, alice: Person, text: str) -> None:
    quoted = text.encode("utf-8", "surrogatepass").decode("latin-1")

    answer = desk.list_users(search=quoted)

    assert answer.status in (200, 422)
    assert [user["id"] for user in answer.json.get("users", [])] in ([], [alice.id])


def test_crafted_name_takes_no_more_of_the_index_than_another(desk: Desk) -> None:
    name = " ".join(f"w{number:02}" for number in range(25))

    answer = desk.sign_up("crafty@example.net", name=name)

    assert answer.status == 201
    assert _found(desk, search="w07") == ["crafty"]
    # by the first eight only
    assert _found(desk, search="w08") == []
    assert desk.update(answer.json["id"], name="Plain").status == 200
    assert desk.delete(answer.json["id"]).status == 200


@pytest.mark.parametrize("reader", ["alice", "bob"])
def test_search_is_for_who_may_read_accounts(
    desk: Desk, reader: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(reader)

    answer = desk.by(person.token).list_users(search="alice")

    assert (answer.status, answer.code) == (403, "permission_missing")
    assert "alice@" not in answer.text


def test_methodist_finds_what_the_list_shows_and_nothing_more(
    desk: Desk, methodist: Person, alice: Person
) -> None:
    there = desk.by(methodist.token)

    (found,) = there.list_users(search="alice").json["users"]

    assert found in there.list_users(email="alice").json["users"]


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"search": "pup"},
        {"search": "pupil", "role": "read_only"},
        {"search": "pupil", "status": "active"},
        {"search": "pupil", "email": "p"},
        {"sort": "created_at"},
        {"sort": "last_log_in"},
        {"email": "pupil"},
    ],
    ids=lambda query: ",".join(f"{name}={value}" for name, value in query.items()) or "all",
)
def test_cursor_of_a_search_is_of_that_search(
    desk: Desk, other_admin: Person, other: Mapping[str, object]
) -> None:
    for number in range(5):
        _person(f"pupil{number}@example.net", "Pupil")
    cursor = desk.list_users(search="pupil", limit=2).json["cursor"]

    assert desk.list_users(search="pupil", limit=3, cursor=cursor).status == 200
    assert desk.list_users(**other, limit=2, cursor=cursor).status == 422
    assert desk.by(other_admin.token).list_users(search="pupil", cursor=cursor).status == 422


def test_nothing_searched_for_is_logged(desk: Desk, log: object) -> None:
    desk.list_users(search="hermione.granger")

    assert "hermione" not in log.text  # type: ignore[attr-defined] # as the fixture
