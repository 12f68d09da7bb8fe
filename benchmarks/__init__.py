"""Measurements to run by hand: what they print depends on the machine, so none is a test."""

import infra.local  # noqa: F401 - puts the layer where Python looks
