"""Tools that run, build and operate the service. Nothing in here ships to Lambda."""
