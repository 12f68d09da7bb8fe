"""Metrics: one line of CloudWatch's Embedded Metric Format each, on standard output."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from accounts import origin


def count(name: str) -> None:
    """Count one more of what ``name`` stands for, and note for which request."""
    with single_metric(name, MetricUnit.Count, 1) as metric:
        metric.add_metadata("request_id", origin.current().request_id)
