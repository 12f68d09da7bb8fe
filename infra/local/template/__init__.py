"""template.yaml, read for those who stand in for AWS on this machine."""
