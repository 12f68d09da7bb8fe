"""What the pseudo parameters, AWS::Region and its like, stand for on this machine."""

ACCOUNT_ID = "123456789012"
# not of CloudFormation's, but asked for like them
API_ID = "local"
REGION = "us-east-1"
STACK_NAME = "users-local"
PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK_NAME,
    "AWS::URLSuffix": "amazonaws.com",
}
