"""Calls the Data API as botocore does, and prints what botocore made of each answer as JSON.

Reads from standard input: {"endpoint": ..., "calls": [{"operation": ..., "arguments": {...}}]}
"""
import json
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError


def printable(value):
    return {"bytes": list(value)} if isinstance(value, bytes) else str(value)


def outcome(client, call):
    try:
        answer = getattr(client, call["operation"])(**call["arguments"])
        metadata = answer.pop("ResponseMetadata")
        return {"status": metadata["HTTPStatusCode"], **answer}
    except ClientError as error:
        response = error.response
        return {"status": response["ResponseMetadata"]["HTTPStatusCode"], **response["Error"]}


request = json.load(sys.stdin)
client = botocore.session.get_session().create_client(
    "rds-data",
    endpoint_url=request["endpoint"],
    region_name="eu-central-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"total_max_attempts": 1}),
)
outcomes = [outcome(client, call) for call in request["calls"]]
json.dump(outcomes, sys.stdout, default=printable)
