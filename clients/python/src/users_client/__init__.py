"""The users service from Python: what a back-end asks of it, typed, and with patience."""

from users_client.call import Call
from users_client.client import AsyncUsers, Users
from users_client.errors import Fault, UsersError
from users_client.patience import Patience

__all__ = ["AsyncUsers", "Call", "Fault", "Patience", "Users", "UsersError"]
