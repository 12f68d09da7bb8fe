"""A deployer's own mails: what the build refuses, and what letters make of the rest."""

import re
from pathlib import Path

import pytest

from accounts.mail import letters, replaced
from accounts.mail.letters import Letter
from accounts.mail.wordings import HELLO, HELLO_SOMEBODY, WORDINGS
from infra.build import layer, mail_pages, mails
from infra.build.mails import MailsError
from infra.local import ROOT
from infra.local.cannot_run import CannotRunError
from infra.local.own_mails import own_mails

RESET = """
[mails.reset]
subject = "{service}: a way back"
paragraphs = ["Dear {name}, <b>below</b> is your way back.", "It is open for {minutes} minutes."]
button = "Back in"
"""
PAGE = """<!doctype html><html lang="$language"><title>$subject</title>
<body style="background:#fff0f0"><img alt="Acme" src="https://acme.example/logo.png">$body
<p>That costs $$0.</p></body></html>"""
HOSTILE = '<img src=x onerror=alert(1)> {service} $body "'

WRONG = {
    "blank that is missing": (
        *("en.toml", RESET.replace("{minutes} minutes", "an hour")),
        "mails.reset: lacks {minutes}",
    ),
    "blank that nobody fills in": (
        *("en.toml", RESET.replace("{name}", "{device}")),
        "mails.reset: cannot fill in {device}",
    ),
    "blank of another mail's": (
        *("ru.toml", '[mails.account_deleted]\nsubject = "x"\nparagraphs = ["{hours}"]\n'),
        "mails.account_deleted: cannot fill in {hours}",
    ),
    "attribute of a blank": (
        *("en.toml", RESET.replace("{name}", "{name.__class__}")),
        "{name.__class__} is no plain name in braces",
    ),
    "form of a blank": (*("en.toml", RESET.replace("{name}", "{name:>9}")), "no plain name"),
    "conversion of a blank": (*("en.toml", RESET.replace("{name}", "{name!r}")), "no plain"),
    "blank by number": (*("en.toml", RESET.replace("{name}", "{0}")), "no plain name"),
    "brace alone": (*("en.toml", RESET.replace("{name}", "{name")), "a brace stands alone"),
    "no button": (*("en.toml", RESET.replace("button", "#button")), "needs a button"),
    "button without a link": (
        "en.toml",
        '[mails.account_deleted]\nsubject = "x"\nparagraphs = ["x"]\nbutton = "x"\n',
        "mails.account_deleted: has no link",
    ),
    "blank in a button": (*("en.toml", RESET.replace("Back in", "{name}")), "has no blanks"),
    "two lines of subject": (
        *("en.toml", RESET.replace(": a way", r"\nBcc: x")),
        "mails.reset.subject: String should match",
    ),
    "empty subject": (*("en.toml", RESET.replace("{service}: a way back", "")), "subject"),
    "no paragraphs": (
        *("en.toml", '[mails.reset]\nsubject = "x"\nparagraphs = []\n'),
        "mails.reset.paragraphs",
    ),
    "number for text": (*("en.toml", RESET.replace('"Back in"', "1")), "mails.reset.button"),
    "field that there is not": (*("en.toml", RESET + 'html = "x"\n'), "mails.reset.html"),
    "mail that there is not": (
        *("en.toml", RESET.replace("mails.reset", "mails.greeting")),
        "mails.greeting: there is no such mail",
    ),
    "greeting without a name": (*("en.toml", 'hello = "Hello,"\n'), "lacks {name}"),
    "greeting of nobody by name": (
        *("en.toml", 'hello_somebody = "Dear {name},"\n'),
        "hello_somebody has no blanks",
    ),
    "no TOML": (*("en.toml", "subject: x\n"), "Expected"),
    "language that there is not": (*("de.toml", RESET), "is none of page.html, en.toml"),
    "file of another kind": ("logo.png", "", "is none of page.html, en.toml, ru.toml"),
    "page without a body": (*("page.html", PAGE.replace("$body", "")), "lacks $body"),
    "page with more": (*("page.html", PAGE + "$link"), "cannot fill in $link"),
    "dollar alone": (*("page.html", PAGE + "$ 1"), "$$ stands for a dollar"),
    "page that is too long": (*("page.html", PAGE + 50_000 * "-"), "longer than 50000 bytes"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mails"
    folder.mkdir()
    return folder


def _write(kind: str = "reset", language: str = "en", name: str = "Alice") -> Letter:
    link = "https://app.example.com/reset#reset_token=pr.x"
    return letters.write(
        kind, language, name=name, service="Acme", link=link, seconds=3600, device="a device"
    )


def test_words_stand_in_the_place_of_ours_in_text_and_html(folder: Path) -> None:
    (folder / "en.toml").write_text('hello = "Hi {name},"\n' + RESET)

    with own_mails(folder):
        own, russian, other = _write(), _write(language="ru"), _write("invitation")

    assert own.subject == "Acme: a way back"
    assert own.text.splitlines()[0] == "Hi Alice,"
    assert "It is open for 60 minutes." in own.text
    assert ">Back in</a>" in own.html
    # and what was not replaced is as it was
    assert other.subject == _write("invitation").subject
    assert other.text.splitlines()[0] == "Hi Alice,"
    assert russian == _write(language="ru")
    assert _write().subject == "Set a new password for Acme"


def test_somebody_is_greeted_without_a_name(folder: Path) -> None:
    (folder / "en.toml").write_text('hello = "Dear {name},"\nhello_somebody = "Good day,"\n')

    with own_mails(folder):
        letters_to = [_write("sign_up", name="").text, _write("sign_up").text]

    assert [text.splitlines()[0] for text in letters_to] == ["Good day,", "Dear Alice,"]


def test_page_stands_around_every_mail(folder: Path) -> None:
    (folder / "page.html").write_text(PAGE)

    with own_mails(folder):
        letter = _write()

    assert letter.html.startswith('<!doctype html><html lang="en"><title>Set a new password')
    assert '<img alt="Acme" src="https://acme.example/logo.png"><p>Hello Alice,</p>' in letter.html
    assert "That costs $0." in letter.html
    assert letter.text == _write().text


def test_neither_words_nor_names_become_markup_or_blanks(folder: Path) -> None:
    (folder / "en.toml").write_text(RESET)
    (folder / "page.html").write_text(PAGE)

    with own_mails(folder):
        letter = _write(name=HOSTILE)

    assert "&lt;b&gt;below&lt;/b&gt;" in letter.html
    assert "&lt;img src=x onerror=alert(1)&gt; {service} $body &quot;" in letter.html
    assert letter.html.count("<img") == 1
    assert HOSTILE in letter.text


def test_all_of_our_own_words_are_a_folder_to_begin_with(folder: Path, tmp_path: Path) -> None:
    mail_pages.write(tmp_path)
    for language in HELLO:
        (tmp_path / f"{language}.toml").rename(folder / f"{language}.toml")
    before = [_write(*key) for key in WORDINGS]

    with own_mails(folder):
        after = [_write(*key) for key in WORDINGS]
        found = replaced.current()

    assert after == before
    assert dict(found.wordings) == dict(WORDINGS)
    assert found.greetings == HELLO
    assert found.somebody == HELLO_SOMEBODY


@pytest.mark.parametrize(("name", "text", "complaint"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_a_mail_is_told_where_it_stands(
    folder: Path, name: str, text: str, complaint: str
) -> None:
    (folder / name).write_text(text)

    with pytest.raises(MailsError) as refusal:
        mails.checked(folder)

    assert str(refusal.value).startswith(f"{folder / name}: ")
    assert complaint in str(refusal.value)


def test_everything_that_is_wrong_is_told_at_once(folder: Path) -> None:
    wrong = RESET.replace("{minutes}", "60")
    (folder / "en.toml").write_text(wrong + wrong.replace("mails.reset", "mails.greeting"))
    (folder / "page.html").write_text("")

    with pytest.raises(MailsError) as refusal:
        mails.checked(folder)

    assert len(str(refusal.value).splitlines()) == 3


def test_example_of_the_guide_is_taken(folder: Path) -> None:
    guide = (ROOT / "docs" / "mails.md").read_text(encoding="utf-8")
    (example,) = re.findall(
        r"^```toml\n# mails/en\.toml\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE
    )
    (folder / "en.toml").write_text(example)

    with own_mails(folder):
        assert _write().text.splitlines()[0] == "Dear Alice,"


def test_no_folder_replaces_nothing(tmp_path: Path) -> None:
    assert mails.checked(tmp_path / "mails") is None


def test_build_puts_them_where_letters_look(folder: Path, tmp_path: Path) -> None:
    (folder / "en.toml").write_text(RESET)
    (tmp_path / "mail").mkdir()
    text = mails.checked(folder)
    assert text is not None

    mails.install(text, tmp_path)

    built = tmp_path / replaced.PATH.relative_to(Path(letters.__file__).parents[1])
    assert replaced.read(built.read_text()).wordings["reset", "en"].button == "Back in"


def test_neither_build_nor_run_goes_on_with_what_is_wrong(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "logo.png").touch()
    monkeypatch.setattr(mails, "FOLDER", folder)
    monkeypatch.setattr("infra.build.interpreter.find", lambda _: Path("python"))

    assert layer.main(["--output", str(tmp_path / "layer")]) == 1

    assert "logo.png: is none of page.html" in capsys.readouterr().err
    assert not (tmp_path / "layer").exists()
    with pytest.raises(CannotRunError, match=r"logo\.png"), own_mails(folder):
        pass
