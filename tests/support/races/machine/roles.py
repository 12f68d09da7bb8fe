"""Making, changing and deleting roles."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.support.races.machine.driver import Driver
from tests.support.races.machine.model import BUILTIN

OWN_ROLES = ("gardener", "carter")
PERMISSIONS = ("users:read", "roles:read", "content:read")


class Roles(Driver):
    """What administrators do to roles; what they permit counts at the next call."""

    @rule()
    def list_roles(self) -> None:
        answer = self.administrator().list_roles()
        assert answer.status == 200
        listed = {role["name"]: frozenset(role["permissions"]) for role in answer.json["roles"]}
        assert {n: listed[n] for n in listed.keys() - {"administrator", "service"}} == (
            self.world.roles
        )
        demanding = {role["name"] for role in answer.json["roles"] if role["second_factor"]}
        assert demanding == self.world.demanding

    @rule(
        name=st.sampled_from((*OWN_ROLES, "methodist")),
        permissions=st.sets(st.sampled_from(PERMISSIONS)),
        demands=st.none() | st.booleans(),
    )
    def save_role(self, name: str, permissions: set[str], *, demands: bool | None = None) -> None:
        administrator = self.administrator()
        answer = administrator.save_role(name, *sorted(permissions), second_factor=demands)
        assert answer.status == 200
        self.world.roles[name] = frozenset(permissions)
        if demands is not None:
            self.world.demanding.discard(name)
            self.world.demanding |= {name} if demands else set()

    @rule(name=st.sampled_from((*OWN_ROLES, "methodist")))
    def delete_role(self, name: str) -> None:
        answer = self.administrator().delete_role(name)
        if name in BUILTIN:
            assert answer.code == "role_builtin"
        elif name not in self.world.roles:
            assert answer.code == "role_not_found"
        elif name in {account.role for account in self.world.accounts.values()}:
            assert answer.code == "role_in_use"
        else:
            assert answer.status == 204
            del self.world.roles[name]
            self.world.demanding.discard(name)
