"""People of other systems: each module reads one system's file, ``migrating`` makes them ours."""
