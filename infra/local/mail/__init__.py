"""Mail on this machine: what SES was asked to send is shown instead of delivered.

``catcher`` listens at the embedded SES, ``outbox`` keeps what it caught, ``screen`` prints it and
``pages`` shows it in a browser, beside a page where the links in the mails lead.
"""
