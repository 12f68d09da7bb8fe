"""Mail on this machine: what SES was asked to send is shown instead of delivered.

``catcher`` listens at the embedded SES, ``outbox`` keeps what it caught, ``screen`` prints it.
"""
