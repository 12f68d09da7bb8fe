"""In which order the secret becomes known: functions accept it before CloudFront sends it."""

from collections.abc import Callable, Sequence

from infra.cloudfront.proxy_secret import ProxySecret, Version

# the functions accept these digests, and no others
Accept = Callable[[Sequence[str]], None]
# CloudFront sends this version
Send = Callable[[Version], None]


def bring(secret: ProxySecret, accept: Accept, send: Send, *, renew: bool) -> None:
    """Have CloudFront send the secret, or with ``renew`` another one.

    At every moment the functions accept what CloudFront sends. Whatever interrupts it, the next
    run goes on; a renewal that has begun is ended first.

    Raises:
        Exception: whatever ``accept`` or ``send`` raise, or Secrets Manager.
    """
    current = secret.current()
    following = secret.begin_renewal() if renew else secret.pending()
    if following is None:
        accept([current.digest])
        send(current)
        return
    accept([current.digest, following.digest])
    send(following)
    secret.end_renewal(following)
    accept([following.digest])
