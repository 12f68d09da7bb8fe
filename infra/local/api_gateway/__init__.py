"""What API Gateway does for an HTTP API: requests in, events on, answers out."""
