"""Have letters here, too, in the words that the deployer put into the folder ``mails``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.build import mails
from infra.local.cannot_run import CannotRunError


@contextmanager
def own_mails(folder: Path = mails.FOLDER) -> Iterator[None]:
    """Let functions that run in this process find what a build would put beside their code.

    Raises:
        CannotRunError: there is something wrong with the folder.
    """
    from accounts.mail import replaced  # noqa: PLC0415 - slow to import, and Ctrl-C should not wait

    try:
        text = mails.checked(folder)
    except mails.MailsError as error:
        raise CannotRunError(str(error)) from None
    beside_the_code = replaced.PATH
    with TemporaryDirectory() as built:
        replaced.PATH = Path(built) / replaced.PATH.name
        if text is not None:
            replaced.PATH.write_text(text, encoding="utf-8")
        replaced.current.cache_clear()
        try:
            yield
        finally:
            replaced.PATH = beside_the_code
            replaced.current.cache_clear()
