"""The service's endpoints by name."""

from dataclasses import dataclass

from tests.answers import Answer
from tests.api import Api

PASSWORD = "correct horse battery"
NEW_PASSWORD = "another string"


@dataclass(frozen=True)
class Service:
    """The API, with the token of a back-end for what only back-ends may do."""

    api: Api
    back_end: str

    def sign_up(self, email: str, passw: str = PASSWORD) -> Answer:
        """Create an account."""
        return self.api.call(
            "POST",
            "/api/v1/server/users/sign_up",
            token=self.back_end,
            json={"email": email, "name": "Nina New", "passw": passw},
        )

    def log_in(self, email: str, passw: str = PASSWORD) -> Answer:
        """Sign in."""
        return self.api.call(
            "POST", "/api/v1/public/users/login", json={"email": email, "passw": passw}
        )

    def refresh(self, refresh_token: str) -> Answer:
        """Ask for the next pair of tokens."""
        return self.api.call(
            "POST", "/api/v1/public/users/refresh", json={"refresh_token": refresh_token}
        )

    def who_am_i(self, token: str) -> Answer:
        """Ask who is signed in."""
        return self.api.call("PUT", "/api/v1/private/users/any", token=token)

    def log_out(self, token: str) -> Answer:
        """Sign this device out."""
        return self.api.call("PUT", "/api/v1/private/users/logout", token=token)

    def show_seances(self, token: str) -> Answer:
        """List the devices."""
        return self.api.call("POST", "/api/v1/private/users/seances", token=token)

    def end_seance(self, token: str, session_id: str) -> Answer:
        """Sign one device out."""
        return self.api.call("DELETE", f"/api/v1/private/users/seances/{session_id}", token=token)

    def end_other_seances(self, token: str) -> Answer:
        """Sign all other devices out."""
        return self.api.call("DELETE", "/api/v1/private/users/seances", token=token)

    def issue_reset_token(self, email: str) -> Answer:
        """Make a reset token."""
        return self.api.call(
            "POST",
            "/api/v1/server/users/passw/reset_token",
            token=self.back_end,
            json={"email": email},
        )

    def reset_password(self, reset_token: str, passw: str = NEW_PASSWORD) -> Answer:
        """Set a new password."""
        return self.api.call(
            "PUT",
            "/api/v1/server/users/passw/set_new_passw",
            token=self.back_end,
            json={"reset_token": reset_token, "passw": passw},
        )
