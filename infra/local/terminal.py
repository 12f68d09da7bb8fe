"""Make text from outside safe to print on a terminal."""


def plain(text: str) -> str:
    """Return ``text`` without what a terminal would obey rather than show."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
