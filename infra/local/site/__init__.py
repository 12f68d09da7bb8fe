"""What a browser finds here beside the API.

``pages`` shows the mails, the events and what there is, and has what the page of the contract is
given here.
"""
