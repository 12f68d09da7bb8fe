"""CloudFront and AWS WAF before the API: ``python -m infra.cloudfront``."""

import infra.local  # noqa: F401 - so that the accounts package is found
