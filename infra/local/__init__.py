"""The whole API on your own machine: what ``python -m infra.local`` starts.

A request passes through ``server`` (sockets), ``api_gateway`` and ``lambdas`` to a handler, which
talks to ``aws``: an AWS in this process, where tables, keys and queues have been made. From the
queues ``lambdas`` brings messages to functions; ``mail`` shows the mails that these send.
``template`` reads what they all need from template.yaml, ``stack`` puts them together, ``run``
starts it all, ``__main__`` is the command; ``walk`` plays the README's session against it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "layers" / "shared"
TEMPLATE = ROOT / "template.yaml"

# Lambda unpacks the layer to where Python looks; this is its equal here
if str(LAYER) not in sys.path:
    sys.path.insert(0, str(LAYER))
