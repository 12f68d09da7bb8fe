"""The AWS behind the functions: DynamoDB, KMS, SQS and SES on this machine."""
