"""The bucket of the exported trail, in which each file is written once."""

import base64
import hashlib

from botocore.exceptions import BotoCoreError, ClientError

from accounts import aws, invocation, settings
from accounts.errors import UnavailableError
from accounts.events import trail_files
from accounts.events.trail_files import TrailFile

_THERE_ALREADY = "PreconditionFailed"


def put(file: TrailFile) -> bool:
    """Write the file unless there is one with its number, and say whether it was written.

    Raises:
        UnavailableError: S3 did not answer.
    """
    content = file.content()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    invocation.require_time()
    try:
        aws.client("s3").put_object(
            Bucket=settings.trail().trail_bucket,
            Key=trail_files.name_of(file.statement.number),
            Body=content,
            ContentType="application/jsonl",
            ChecksumSHA256=digest,
            IfNoneMatch="*",
        )
    except (BotoCoreError, ClientError) as error:
        if aws.code(error) == _THERE_ALREADY:
            return False
        raise UnavailableError("S3", aws.reason(error)) from error
    return True


def read(number: int) -> TrailFile:
    """Return the file with this number, which was written.

    Raises:
        BrokenFileError: it is no such file any more.
        UnavailableError: S3 did not answer, or has it no more.
    """
    invocation.require_time()
    try:
        answer = aws.client("s3").get_object(
            Bucket=settings.trail().trail_bucket, Key=trail_files.name_of(number)
        )
        content: bytes = answer["Body"].read()
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError("S3", aws.reason(error)) from error
    return TrailFile.read(content)
