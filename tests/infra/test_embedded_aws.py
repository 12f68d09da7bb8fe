"""The embedded AWS holds what the template declares and keeps transactions apart."""

import stat
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.backends import get_backend
from moto.dynamodb.models.dynamo_type import Item

from infra.local.aws import moto_state
from infra.local.aws.moto_state import MotoStateError
from infra.local.aws.resources import OtherTableError, create_resources
from infra.local.template.pseudo_parameters import ACCOUNT_ID, PSEUDO_PARAMETERS, REGION
from infra.local.template.reader import Template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

TEMPLATE = """
Resources:
  People:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: ends, Enabled: true}
  Key:
    Type: AWS::KMS::Key
    Properties: {KeySpec: HMAC_384, KeyUsage: GENERATE_VERIFY_MAC}
  Signer:
    Type: AWS::KMS::Key
    Properties: {KeySpec: ECC_NIST_P256, KeyUsage: SIGN_VERIFY}
  Mail:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 77
      RedrivePolicy: {deadLetterTargetArn: {"Fn::GetAtt": [DeadMail, Arn]}, maxReceiveCount: 3}
  DeadMail: {Type: AWS::SQS::Queue}
  Files: {Type: AWS::S3::Bucket}
"""
KEYS = "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n"
OTHER_KEYS = f"""{KEYS}      GlobalSecondaryIndexes:
        - IndexName: by_id
          KeySchema: [{{AttributeName: id, KeyType: HASH}}]
          Projection: {{ProjectionType: ALL}}
"""
ID, NUMBER = "{AttributeName: id, AttributeType: S}", "{AttributeName: n, AttributeType: N}"
SORTED_KEYS = (
    "      KeySchema: [{AttributeName: id, KeyType: HASH}, {AttributeName: n, KeyType: RANGE}]\n"
)
STREAM = "StreamSpecification: {StreamViewType: NEW_IMAGE}"
TOKEN = "of one transaction"
WIDTH = 16


@pytest.fixture
def template(tmp_path: Path) -> Template:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return Template.load(path, PSEUDO_PARAMETERS)


@pytest.fixture
def switching_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("aws_url")
def test_resources_are_made_as_declared(template: Template) -> None:
    resources = create_resources(template)

    dynamodb, kms, sqs = boto3.client("dynamodb"), boto3.client("kms"), boto3.client("sqs")
    name = resources["People"]["Ref"]
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["TableArn"] == resources["People"]["Arn"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ends"}
    key = kms.describe_key(KeyId=resources["Key"]["Ref"])["KeyMetadata"]
    assert (key["KeySpec"], key["Arn"]) == ("HMAC_384", resources["Key"]["Arn"])
    queue = sqs.get_queue_attributes(QueueUrl=resources["Mail"]["Ref"], AttributeNames=["All"])
    assert queue["Attributes"]["VisibilityTimeout"] == "77"
    assert resources["DeadMail"]["Arn"] in queue["Attributes"]["RedrivePolicy"]


@pytest.mark.usefixtures("aws_url")
def test_bucket_keeps_what_is_in_it_and_every_version(template: Template) -> None:
    bucket = create_resources(template)["Files"]
    s3, there = boto3.client("s3"), {"Bucket": bucket["Ref"], "Key": "one"}
    s3.put_object(**there, Body=b"first", IfNoneMatch="*")

    assert create_resources(template)["Files"] == bucket

    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(**there, Body=b"second", IfNoneMatch="*")
    s3.put_object(**there, Body=b"second")
    assert len(s3.list_object_versions(Bucket=bucket["Ref"])["Versions"]) == 2


@pytest.mark.usefixtures("aws_url")
def test_table_that_is_there_already_stays(template: Template) -> None:
    name = create_resources(template)["People"]["Ref"]
    dynamodb = boto3.client("dynamodb")
    dynamodb.put_item(TableName=name, Item={"id": {"S": "alice"}})

    create_resources(template)

    assert dynamodb.get_item(TableName=name, Key={"id": {"S": "alice"}})["Item"]


@pytest.mark.usefixtures("aws_url")
def test_table_with_other_indexes_is_refused(template: Template, tmp_path: Path) -> None:
    create_resources(template)
    changed = tmp_path / "changed.yaml"
    changed.write_text(TEMPLATE.replace(KEYS, OTHER_KEYS))

    with pytest.raises(OtherTableError, match="users-local-People"):
        create_resources(Template.load(changed, PSEUDO_PARAMETERS))


@pytest.mark.usefixtures("aws_url")
def test_key_that_is_there_already_stays(template: Template) -> None:
    first = create_resources(template)["Key"]

    assert create_resources(template)["Key"] == first


@pytest.mark.usefixtures("aws_url")
def test_what_moto_holds_outlives_it(template: Template, tmp_path: Path) -> None:
    state = tmp_path / "state.pickle"
    made = create_resources(template)
    kms, dynamodb = boto3.client("kms"), boto3.client("dynamodb")
    dynamodb.put_item(
        TableName=made["People"]["Ref"], Item={"id": {"S": "alice"}, "seal": {"B": b"\0"}}
    )
    mac = _mac(made["Key"]["Ref"])
    public_key = kms.get_public_key(KeyId=made["Signer"]["Ref"])["PublicKey"]
    moto_state.save(state)
    _forget()

    moto_state.load(state)

    again = create_resources(template)
    assert again == made
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert dynamodb.scan(TableName=made["People"]["Ref"])["Items"] == [
        {"id": {"S": "alice"}, "seal": {"B": b"\0"}}
    ]
    assert _mac(made["Key"]["Ref"]) == mac
    assert kms.get_public_key(KeyId=made["Signer"]["Ref"])["PublicKey"] == public_key


def test_state_of_another_moto_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state.pickle"
    moto_state.save(state)
    monkeypatch.setattr("moto.__version__", "6.0.0")

    with pytest.raises(MotoStateError, match=r"this is moto 6\.0\.0"):
        moto_state.load(state)


def _mac(key_id: str) -> bytes:
    kms = boto3.client("kms")
    answer = kms.generate_mac(KeyId=key_id, Message=b"hello", MacAlgorithm="HMAC_SHA_384")
    return answer["Mac"]


def _forget() -> None:
    get_backend("dynamodb")[ACCOUNT_ID][REGION].tables.clear()
    get_backend("kms")[ACCOUNT_ID][REGION].keys.clear()


@pytest.mark.usefixtures("aws_url")
def test_transaction_sent_twice_is_done_once(template: Template) -> None:
    table = create_resources(template)["People"]["Ref"]
    dynamodb = boto3.client("dynamodb")
    puts = [_put_if_new(table, "alice")]

    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=puts, ClientRequestToken=TOKEN)

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        dynamodb.transact_write_items(TransactItems=puts, ClientRequestToken=f"{TOKEN}, another")


@pytest.mark.usefixtures("aws_url")
def test_transaction_that_came_to_nothing_may_be_tried_again(template: Template) -> None:
    table = create_resources(template)["People"]["Ref"]
    dynamodb = boto3.client("dynamodb")
    dynamodb.put_item(TableName=table, Item={"id": {"S": "alice"}})
    puts = [_put_if_new(table, "alice")]
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        dynamodb.transact_write_items(TransactItems=puts, ClientRequestToken=TOKEN)
    dynamodb.delete_item(TableName=table, Key={"id": {"S": "alice"}})

    dynamodb.transact_write_items(TransactItems=puts, ClientRequestToken=TOKEN)

    assert dynamodb.scan(TableName=table)["Count"] == 1


@pytest.mark.usefixtures("aws_url")
def test_transaction_that_fails_leaves_everything_as_it_was(
    template: Template, tmp_path: Path
) -> None:
    path = tmp_path / "with_stream.yaml"
    path.write_text(TEMPLATE.replace(KEYS, f"{KEYS}      {STREAM}\n"))
    table = create_resources(Template.load(path, PSEUDO_PARAMETERS))["People"]["Ref"]
    dynamodb = boto3.client("dynamodb")
    for name in ("alice", "bob", "carol"):
        dynamodb.put_item(TableName=table, Item={"id": {"S": name}, "count": {"N": "1"}})
    before = dynamodb.scan(TableName=table)["Items"]
    told = len(_streamed(table))
    writes: list[TransactWriteItemTypeDef] = [
        {
            "Update": {
                "TableName": table,
                "Key": {"id": {"S": "alice"}},
                "UpdateExpression": "ADD #count :one",
                "ExpressionAttributeNames": {"#count": "count"},
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        },
        {"Delete": {"TableName": table, "Key": {"id": {"S": "bob"}}}},
        {"Put": {"TableName": table, "Item": {"id": {"S": "dave"}}}},
    ]

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        dynamodb.transact_write_items(TransactItems=[*writes, _put_if_new(table, "carol")])

    assert dynamodb.scan(TableName=table)["Items"] == before
    assert len(_streamed(table)) == told
    dynamodb.transact_write_items(TransactItems=writes)
    after = {item["id"]["S"]: item.get("count") for item in dynamodb.scan(TableName=table)["Items"]}
    assert after == {"alice": {"N": "2"}, "carol": {"N": "1"}, "dave": None}
    assert len(_streamed(table)) == told + len(writes)


@pytest.mark.usefixtures("aws_url")
def test_transaction_that_fails_leaves_a_partition_as_it_was(
    template: Template, tmp_path: Path
) -> None:
    path = tmp_path / "sorted.yaml"
    path.write_text(TEMPLATE.replace(KEYS, SORTED_KEYS).replace(ID, f"{ID}, {NUMBER}"))
    table = create_resources(Template.load(path, PSEUDO_PARAMETERS))["People"]["Ref"]
    dynamodb = boto3.client("dynamodb")
    first, second, third = ({"id": {"S": "alice"}, "n": {"N": str(n)}} for n in (1, 2, 3))
    for there in (first, second):
        dynamodb.put_item(TableName=table, Item=there)
    puts: list[TransactWriteItemTypeDef] = [
        {"Put": {"TableName": table, "Item": third}},
        {"Delete": {"TableName": table, "Key": first}},
    ]

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        dynamodb.transact_write_items(TransactItems=[*puts, _if_new(table, second)])

    assert dynamodb.scan(TableName=table)["Items"] == [first, second]
    dynamodb.transact_write_items(TransactItems=puts)
    assert dynamodb.scan(TableName=table)["Items"] == [second, third]


@pytest.mark.usefixtures("aws_url")
def test_transaction_copies_what_it_touches_alone(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = create_resources(template)["People"]["Ref"]
    dynamodb = boto3.client("dynamodb")
    for number in range(20):
        dynamodb.put_item(TableName=table, Item={"id": {"S": f"person-{number}"}})
    copied: list[Item] = []
    whole = Item.__deepcopy__

    def counted(self: Item, memo: dict[int, Any]) -> Item:
        copied.append(self)
        return whole(self, memo)

    monkeypatch.setattr(Item, "__deepcopy__", counted)

    delete: TransactWriteItemTypeDef = {
        "Delete": {"TableName": table, "Key": {"id": {"S": "person-7"}}}
    }
    dynamodb.transact_write_items(TransactItems=[delete])

    assert {item.hash_key.value for item in copied} == {"person-7"}


def _streamed(table: str) -> list[object]:
    shard = get_backend("dynamodb")[ACCOUNT_ID][REGION].tables[table].stream_shard
    return list(shard.items) if shard else []


@pytest.mark.usefixtures("aws_url", "switching_often")
@pytest.mark.parametrize("number", range(5))
def test_one_of_many_simultaneous_transactions_wins(template: Template, number: int) -> None:
    table = create_resources(template)["People"]["Ref"]
    dynamodb = boto3.client("dynamodb", config=Config(max_pool_connections=WIDTH))
    barrier = threading.Barrier(WIDTH)
    email = f"email-{number}"

    def sign_up(index: int) -> bool:
        barrier.wait()
        puts = [_put_if_new(table, f"person-{number}-{index}"), _put_if_new(table, email)]
        try:
            dynamodb.transact_write_items(TransactItems=puts)
        except dynamodb.exceptions.TransactionCanceledException:
            return False
        return True

    with ThreadPoolExecutor(WIDTH) as pool:
        won = sum(pool.map(sign_up, range(WIDTH)))

    stored = [item["id"]["S"] for item in dynamodb.scan(TableName=table)["Items"]]
    assert won == 1
    assert email in stored
    assert len([key for key in stored if key.startswith(f"person-{number}-")]) == 1


def _put_if_new(table: str, key: str) -> "TransactWriteItemTypeDef":
    return _if_new(table, {"id": {"S": key}})


def _if_new(table: str, item: Mapping[str, Any]) -> "TransactWriteItemTypeDef":
    return {
        "Put": {
            "TableName": table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(id)",
        }
    }
