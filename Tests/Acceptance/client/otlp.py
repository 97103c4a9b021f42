"""Decodes what an OTLP exporter sent in protobuf, with OpenTelemetry's own definitions.

usage: python -m client.otlp < BODIES    one base64 text a line; prints one line of JSON each
"""

import base64
import json
import sys

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def main() -> None:
    """Ends with an exception when a body is no such message."""
    for line in sys.stdin:
        message = ExportTraceServiceRequest.FromString(base64.b64decode(line.strip(), validate=True))
        print(json.dumps(MessageToDict(message)))


if __name__ == "__main__":
    main()
