"""Put CloudFront and AWS WAF before a deployed service: ``python -m infra.cloudfront --help``."""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.cloudfront.bringing import bring
from infra.cloudfront.proxy_secret import ProxySecret, Version
from infra.local import ROOT
from infra.manage import rotation

# where CloudFront takes certificates, secrets and firewalls from
REGION = "us-east-1"
TEMPLATE = ROOT / "infra" / "cloudfront" / "template.yaml"
SAM = ROOT / ".venv-sam" / "bin" / "sam"


class NotReadyError(Exception):
    """The service's stack lacks something; the text says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _deploy(options)
    except (NotReadyError, BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode
    sys.stdout.write(
        "Requests come through CloudFront now. Once DomainName leads there, RequireProxy=true"
        " refuses those that do not.\n"
    )
    return 0


def stack_name(service: str, region: str) -> str:
    """Return the name of the stack and the secret, which are in one region for services of all."""
    return f"{service}-{region}-cloudfront"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.cloudfront",
        description="Put CloudFront and AWS WAF before a service. To repeat it does no harm.",
    )
    parser.add_argument("--stack", required=True, help="the service's stack, such as users")
    parser.add_argument(
        "--certificate", required=True, metavar="ARN", help=f"of DomainName, in ACM in {REGION}"
    )
    parser.add_argument("--hosted-zone", default="", metavar="ID", help="if the DNS is Route 53's")
    parser.add_argument(
        "--renew-secret", action="store_true", help="send another secret from now on"
    )
    return parser


def _deploy(options: argparse.Namespace) -> None:
    cloudformation = boto3.client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName=options.stack)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    if "OriginDomain" not in outputs:
        raise NotReadyError(
            f"{options.stack} has no name of its own. Deploy it with DomainName and a certificate"
            " in its own region, but without HostedZoneId: the name is to lead to CloudFront."
        )
    name = stack_name(options.stack, cloudformation.meta.region_name)
    secret = ProxySecret(boto3.client("secretsmanager", region_name=REGION), name)

    def accept(digests: Sequence[str]) -> None:
        wanted = ",".join(digests)
        if rotation.parameters(options.stack)["TrustedProxy"] != wanted:
            rotation.update(options.stack, {"TrustedProxy": wanted})

    def send(version: Version) -> None:
        parameters = {
            "DomainName": rotation.parameters(options.stack)["DomainName"],
            "CertificateArn": options.certificate,
            "HostedZoneId": options.hosted_zone,
            "OriginDomain": outputs["OriginDomain"],
            "SecretArn": secret.arn,
            "SecretVersion": version.version_id,
        }
        subprocess.run(_command(name, parameters), check=True)  # noqa: S603 - our own arguments

    bring(secret, accept, send, renew=options.renew_secret)


def _command(name: str, parameters: Mapping[str, str]) -> list[str]:
    return [
        *(str(SAM), "deploy", "--template-file", str(TEMPLATE)),
        *("--stack-name", name, "--region", REGION),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--parameter-overrides"),
        *(f"{key}={value}" for key, value in parameters.items() if value),
    ]


if __name__ == "__main__":
    sys.exit(main())
