"""The whole API on your own machine: what ``python -m infra.local`` starts.

A request passes through ``server`` (sockets), ``gateway`` (what API Gateway does, with ``routes``,
``events``, ``results`` and ``cors``) and ``functions`` (what Lambda does) to a handler, which talks
to ``embedded`` (an AWS in this process, where ``aws`` has made tables, keys and queues). From the
queues ``queue_polling`` brings messages to functions; the mails that these send are shown by
``mail``. ``template`` reads what they need from template.yaml, ``stack`` puts them together,
``run`` starts it all, ``__main__`` is the command.

In place of ``functions``, which runs the sources in this process, ``built`` runs what was built for
Lambda, with ``emulator`` on Lambda's own ``runtime``.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "layers" / "shared"

# Lambda unpacks the layer to where Python looks; this is its equal here
if str(LAYER) not in sys.path:
    sys.path.insert(0, str(LAYER))
