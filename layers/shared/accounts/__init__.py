"""What all Lambda handlers of the users service share; each folder in it is a room of its own.

Imports run one way: edge -> administration, sign_in, own_account -> access, mail, events ->
credentials -> storage -> the modules at the root.
"""

import gc
import logging

# imports leave next to no garbage, and looking for it among all they make takes 5 % of a cold start
gc.set_threshold(100_000)

# Lambda writes down whatever a logger says from INFO on; these say at each start what they found
for _library in ("botocore", "pynamodb"):
    logging.getLogger(_library).setLevel(logging.WARNING)
