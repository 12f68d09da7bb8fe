"""What a browser finds here beside the API.

``pages`` shows the mails and the events, where the links in the mails lead, and what there is; and
it has what the page of the contract is given here.
"""
