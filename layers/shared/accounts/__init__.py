"""The shared package of the users service: all that the Lambda handlers have in common.

Imports run one way: ``http`` -> ``schemas`` -> the domain (``registration``, ``login``,
``recovery``, ``sessions``, ...) -> ``transactions`` -> ``tables`` -> ``settings``, ``errors``,
``clock``.
"""

import gc
import logging

# imports leave next to no garbage, and looking for it among all they make takes 5 % of a cold start
gc.set_threshold(100_000)

# Lambda writes down whatever a logger says from INFO on; these say at each start what they found
for _library in ("botocore", "pynamodb"):
    logging.getLogger(_library).setLevel(logging.WARNING)
