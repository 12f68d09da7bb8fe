"""What tells many people apart who do the same thing."""

from collections.abc import Mapping
from string import ascii_lowercase

from tests.support.scene import Scene

# how many of a kind there are room for: the first name, and two words of another
_MOST = 26**4


def word(number: int) -> str:
    """Return a word, of one length for all, of which hardly two begin with the same letters."""
    letters = []
    for _ in range(4):
        number, digit = divmod(number, len(ascii_lowercase))
        letters.append(ascii_lowercase[digit])
    return "".join(letters) + "rson"


def own(body: Mapping[str, object], number: int, scene: Scene) -> Mapping[str, object]:
    """Return a request's body with the name and the address in it made this person's own."""
    changed = dict(body)
    if changed.get("email", scene.alice.email) != scene.alice.email:
        changed["email"] = f"{word(number)}.{changed['email']}"
    if "name" in changed:
        changed["name"] = f"{word(_MOST - 1 - number)} {word(_MOST // 2 - number)}"
    return changed
