"""Making the files that ship to Lambda but are not written by hand."""

import infra.local  # noqa: F401 - puts the layer where Python looks, for those who build for it
