"""What an operator does to a deployment's accounts: ``python -m infra.manage --help``.

``arguments`` says what there is to ask for, ``deployments`` finds the deployment and enters it,
``commands`` does what was asked and says what came of it, ``problems`` puts into words what did
not work. Between them and the accounts package, which the functions run too, are ``user_accounts``,
``service_tokens``, ``sign_out``, ``exporting`` and ``importing``; ``migrations`` reads the files
of other systems.

Who may do this is for AWS to say: whoever can write to the tables can run these commands.
"""

import infra.local  # noqa: F401 - puts the layer where Python looks
