"""The local stack reads template.yaml as SAM and CloudFormation would."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from infra.local.template.declarations import DEFAULT_ROUTE, Cors, QueueSource, Route, TemplateError
from infra.local.template.intrinsics import Resolver, UnresolvedReferenceError
from infra.local.template.reader import Template

PSEUDO = {"AWS::Region": "eu-north-1", "AWS::AccountId": "111122223333"}

SAMPLE = """
    Transform: AWS::Serverless-2016-10-31
    Parameters:
      Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
      Seconds: {Type: Number, Default: 900}
      Origins: {Type: CommaDelimitedList, Default: "https://a.example, https://b.example"}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
      IsDev: !Not [!Condition IsProd]
    Globals:
      Function:
        Timeout: 15
        MemorySize: 256
        Environment: {Variables: {SECONDS: !Ref Seconds, KEY: !GetAtt Setup.Kid, UNSET: "x"}}
    Resources:
      Api:
        Type: AWS::Serverless::HttpApi
        Properties:
          CorsConfiguration: {AllowOrigins: !Ref Origins, AllowMethods: [GET], MaxAge: 600}
      Show:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: functions/private/
          Handler: show.handler
          MemorySize: 1769
          Environment: {Variables: {OWN: !Sub "${Pets}/${AWS::Region}", UNSET: ""}}
          Events:
            One: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: "/pets/{id}"}}
            Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
            Mail: {Type: SQS, Properties: {Queue: !GetAtt Mail.Arn}}
            Dead:
              Type: SQS
              Properties:
                Queue: !GetAtt DeadMail.Arn
                BatchSize: 5
                FunctionResponseTypes: [ReportBatchItemFailures]
                ScalingConfig: {MaximumConcurrency: 2}
      Setup:
        Type: Custom::Prepare
        Properties: {ServiceToken: !GetAtt Show.Arn, Table: !Ref Pets}
      Pets:
        Type: AWS::DynamoDB::Table
        DeletionPolicy: Retain
        Properties:
          BillingMode: PAY_PER_REQUEST
          PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
          SSESpecification: {SSEEnabled: true}
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          TimeToLiveSpecification: {AttributeName: ends, Enabled: true}
      ProdTable:
        Type: AWS::DynamoDB::Table
        Condition: IsProd
        Properties:
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
      SigningKey:
        Type: AWS::KMS::Key
        Condition: IsDev
        Properties: {KeySpec: ECC_NIST_P256, KeyUsage: SIGN_VERIFY, KeyPolicy: {Version: "x"}}
      Mail:
        Type: AWS::SQS::Queue
        Properties:
          VisibilityTimeout: 60
          RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadMail.Arn, maxReceiveCount: 3}
      DeadMail: {Type: AWS::SQS::Queue}
      MailPolicy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Mail]}}
"""
# nothing of it is needed here, nor can its references be resolved
OPERATIONS = """
      Operations:
        Type: AWS::Serverless::Application
        Properties: {Location: operations.yaml, Parameters: {Api: !Ref Api}}
      Alarm:
        Type: AWS::CloudWatch::Alarm
        Condition: IsDev
        Properties: {AlarmActions: [!GetAtt Operations.Outputs.Topic], Period: 60}
      Dashboard: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardBody: !Ref Api}}
      NoTraffic: {Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: !Ref Logs}}
"""
SHIFTING = """\
        AutoPublishAlias: live
        DeploymentPreference: {Enabled: !If [IsDev, true, false], Alarms: [!Ref Alarm]}
        Tracing: !If [IsDev, Active, PassThrough]
        SnapStart: {ApplyOn: None}
"""
ATTRIBUTES = {
    "Pets": {"Ref": "stack-pets", "Arn": "arn:pets"},
    "Setup": {"Ref": "setup", "Kid": "k1"},
    "Mail": {"Ref": "https://sqs/mail", "Arn": "arn:mail"},
    "DeadMail": {"Ref": "https://sqs/dead", "Arn": "arn:dead"},
}


@pytest.fixture
def sample_path(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(dedent(SAMPLE))
    return path


@pytest.fixture
def sample(sample_path: Path) -> Template:
    return Template.load(sample_path, PSEUDO)


def test_function_has_the_globals_under_its_own_properties(sample: Template) -> None:
    function = sample.function("Show", ATTRIBUTES)

    assert function.timeout_seconds == 15
    assert function.memory_mb == 1769
    assert function.environment == {
        "SECONDS": "900",
        "KEY": "k1",
        "UNSET": "",
        "OWN": "stack-pets/eu-north-1",
    }


def test_function_code_lies_below_the_template(sample: Template, tmp_path: Path) -> None:
    function = sample.function("Show", ATTRIBUTES)

    assert function.code == tmp_path.resolve() / "functions" / "private"
    assert function.handler == "show.handler"


def test_only_http_api_events_are_routes(sample: Template) -> None:
    (function,) = sample.functions(ATTRIBUTES)

    assert function.routes == (Route("GET", "/pets/{id}"), DEFAULT_ROUTE)
    assert [route.key for route in function.routes] == ["GET /pets/{id}", "$default"]


def test_sqs_events_are_queues_to_poll(sample: Template) -> None:
    (function,) = sample.functions(ATTRIBUTES)

    assert function.queues == (
        QueueSource("arn:mail", batch_size=10, reports_failures=False),
        QueueSource("arn:dead", batch_size=5, reports_failures=True),
    )


def test_what_only_operates_the_stack_is_passed_over(sample: Template, sample_path: Path) -> None:
    shifting = SAMPLE.replace("        Timeout: 15", f"{SHIFTING}        Timeout: 15", 1)
    sample_path.write_text(dedent(shifting + OPERATIONS))

    operated = Template.load(sample_path, PSEUDO)

    assert "Operations" in operated.document["Resources"]
    assert operated.document["Globals"]["Function"]["AutoPublishAlias"] == "live"
    assert operated.functions(ATTRIBUTES) == sample.functions(ATTRIBUTES)
    assert operated.tables() == sample.tables()
    assert operated.kms_keys() == sample.kms_keys()
    assert operated.queues(ATTRIBUTES) == sample.queues(ATTRIBUTES)
    assert operated.custom_resources(ATTRIBUTES) == sample.custom_resources(ATTRIBUTES)


def test_queue_event_that_would_not_be_as_on_aws_is_refused(sample_path: Path) -> None:
    filtered = sample_path.read_text().replace("BatchSize: 5", "FilterCriteria: {Filters: []}")
    sample_path.write_text(filtered)

    with pytest.raises(TemplateError, match=r"FilterCriteria of Show\.Dead is not understood"):
        Template.load(sample_path, PSEUDO).functions(ATTRIBUTES)


def test_table_is_what_create_table_takes(sample: Template) -> None:
    (table,) = sample.tables()

    assert table.logical_id == "Pets"
    assert table.ttl_attribute == "ends"
    assert table.definition == {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }


def test_conditions_follow_the_parameters(sample_path: Path) -> None:
    prod = Template.load(sample_path, PSEUDO, {"Stage": "prod"})

    assert [table.logical_id for table in prod.tables()] == ["Pets", "ProdTable"]
    assert prod.kms_keys() == ()


def test_key_is_what_create_key_takes(sample: Template) -> None:
    (key,) = sample.kms_keys()

    assert key.definition == {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}


def test_queue_may_name_another_queue(sample: Template) -> None:
    mail, dead_mail = sample.queues(ATTRIBUTES)

    assert sample.queue_ids() == ("Mail", "DeadMail")
    assert mail.attributes == {
        "VisibilityTimeout": 60,
        "RedrivePolicy": {"deadLetterTargetArn": "arn:dead", "maxReceiveCount": 3},
    }
    assert dead_mail.attributes == {}


def test_custom_resource_names_its_function(sample: Template) -> None:
    (setup,) = sample.custom_resources(ATTRIBUTES)

    assert (setup.logical_id, setup.function_id) == ("Setup", "Show")
    assert setup.properties == {"Table": "stack-pets"}


def test_cors_comes_from_a_list_parameter(sample: Template) -> None:
    assert sample.cors() == Cors(
        allow_origins=("https://a.example", "https://b.example"),
        allow_methods=("GET",),
        max_age_seconds=600,
    )


def test_no_origin_is_no_origin(sample_path: Path) -> None:
    cors = Template.load(sample_path, PSEUDO, {"Origins": ""}).cors()

    assert cors is not None
    assert cors.allow_origins == ()


def test_unknown_reference_is_named(sample: Template) -> None:
    with pytest.raises(UnresolvedReferenceError, match=r"Setup\.Kid"):
        sample.function("Show", {"Pets": {"Ref": "stack-pets"}})


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"Stag": "dev"}, "no parameter Stag"),
        ({"Stage": "test"}, "Stage must be one of dev, prod"),
    ],
)
def test_wrong_parameter_is_refused(
    sample_path: Path, parameters: dict[str, str], complaint: str
) -> None:
    with pytest.raises(TemplateError, match=complaint):
        Template.load(sample_path, PSEUDO, parameters)


CONSTRAINED = """
Parameters:
  Cost: {Type: Number, Default: 12, MinValue: 10, MaxValue: 15}
  Audience: {Type: String, Default: users, MinLength: 1, MaxLength: 5}
  Page: {Type: String, Default: "https://example.com", AllowedPattern: "https?://[^#]+"}
  Origins: {Type: CommaDelimitedList, Default: "", AllowedPattern: "(https://.+)?"}
  Days: {Type: Number, Default: 90, AllowedValues: [1, 90]}
Resources: {}
"""


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("Cost", "9", "Cost must be at least 10, not '9'"),
        ("Cost", "15.5", "Cost must be at most 15, not '15.5'"),
        ("Cost", "high", "Cost must be a number, not 'high'"),
        ("Cost", "", "Cost must be a number, not ''"),
        ("Cost", "nan", "Cost must be a number, not 'nan'"),
        ("Audience", "", "Audience must be at least 1 in length, not ''"),
        ("Audience", "people", "Audience must be at most 5 in length, not 'people'"),
        ("Page", "http://x#y", "Page must match https?://[^#]+, not 'http://x#y'"),
        ("Page", "see https://x", "Page must match https?://[^#]+, not 'see https://x'"),
        ("Origins", "https://a, b", "Origins must match (https://.+)?, not 'https://a, b'"),
        ("Days", "2", "Days must be one of 1, 90, not '2'"),
    ],
)
def test_value_that_cloudformation_would_refuse_is_refused(
    tmp_path: Path, name: str, value: str, complaint: str
) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(CONSTRAINED)

    with pytest.raises(TemplateError, match=re.escape(complaint)):
        Template.load(path, PSEUDO, {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("Cost", "10"), ("Cost", "15"), ("Audience", "a"), ("Page", "http://x"), ("Days", "1")],
)
def test_value_at_the_edge_is_taken(tmp_path: Path, name: str, value: str) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(CONSTRAINED)

    assert Template.load(path, PSEUDO, {name: value}).values[name] == value


def test_parameter_without_default_must_be_given(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text("Parameters: {Name: {Type: String}}\nResources: {}\n")

    with pytest.raises(TemplateError, match="Name needs a value"):
        Template.load(path, PSEUDO)


RESOLVER = Resolver(
    {"Stage": "dev", "Count": "5", "List": ["a", "b"]},
    {"Pets": {"Ref": "stack-pets", "Arn": "arn:pets"}},
    {
        "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
        "IsFive": {"Fn::Equals": [{"Ref": "Count"}, 5]},
        "Both": {"Fn::And": [{"Condition": "IsDev"}, {"Condition": "IsFive"}]},
        "Either": {"Fn::Or": [{"Fn::Not": [{"Condition": "IsDev"}]}, {"Condition": "IsFive"}]},
        "Odd": {"Fn::Contains": []},
    },
)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Pets"}, "stack-pets"),
        ({"Fn::GetAtt": ["Pets", "Arn"]}, "arn:pets"),
        ({"Fn::Sub": "${Stage}-${Pets}-${Pets.Arn}-${!Stage}"}, "dev-stack-pets-arn:pets-${Stage}"),
        ({"Fn::Sub": ["${x}/${Stage}", {"x": {"Ref": "Count"}}]}, "5/dev"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-dev"),
        ({"Fn::Join": [",", {"Ref": "List"}]}, "a,b"),
        ({"Fn::Select": [1, {"Ref": "List"}]}, "b"),
        ({"Fn::Select": ["0", {"Fn::Split": [":", "x:y"]}]}, "x"),
        ({"Fn::If": ["IsDev", "yes", {"Ref": "Nowhere"}]}, "yes"),
        ({"Fn::If": ["Both", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"a": {"Fn::If": ["IsDev", {"Ref": "AWS::NoValue"}, 1]}, "b": 2}, {"b": 2}),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"Ref": "Stage", "Other": 1}, {"Ref": "Stage", "Other": 1}),
    ],
)
def test_intrinsic_function_gives_its_value(node: object, value: object) -> None:
    assert RESOLVER.resolve(node) == value


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ({"Ref": "Nowhere"}, "Nowhere"),
        ({"Fn::GetAtt": ["Pets", "Owner"]}, r"Pets\.Owner"),
        ({"Fn::Sub": "${Nowhere}"}, "Nowhere"),
        ({"Fn::If": ["Nowhere", 1, 2]}, "Nowhere"),
        ({"Fn::If": ["Odd", 1, 2]}, "Fn::Contains"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue"),
    ],
)
def test_what_has_no_value_is_named(node: object, name: str) -> None:
    with pytest.raises(UnresolvedReferenceError, match=name):
        RESOLVER.resolve(node)
