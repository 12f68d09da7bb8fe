"""Lambda authorizer for the HTTP APIs of other applications: lets live sessions pass."""

from accounts.edge.authorizer import authorize

handler = authorize
