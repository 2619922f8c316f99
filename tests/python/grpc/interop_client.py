"""
The interop client on grpcio: interop_client.py SOCKET DESCRIPTOR. Reads the name of a scenario a line, runs it against the server on the
socket and prints what it saw as a line of JSON.
"""
import json
import sys

import grpc

from interop import SERVICE, Messages

LIMIT = 20


class Client:
    def __init__(self, socket, messages):
        self.socket = socket
        self.Request = messages.Request
        self.types = {"request_serializer": messages.Request.SerializeToString, "response_deserializer": messages.Reply.FromString}
        self.connect()

    def connect(self):
        channel = grpc.insecure_channel(f"unix:{self.socket}", options=[("grpc.max_receive_message_length", -1)])
        self.channel = channel
        self.echo = channel.unary_unary(f"/{SERVICE}/Echo", **self.types)
        self.repeat = channel.unary_stream(f"/{SERVICE}/Repeat", **self.types)
        self.collect = channel.stream_unary(f"/{SERVICE}/Collect", **self.types)
        self.chat = channel.stream_stream(f"/{SERVICE}/Chat", **self.types)
        self.hang = channel.unary_stream(f"/{SERVICE}/Hang", **self.types)

    def unary(self):
        return self.echo(self.Request(text="größer", payload=bytes(1_000_000)), timeout=LIMIT)

    def server_stream(self):
        return [reply.number for reply in self.repeat(self.Request(count=1000, reply_size=1000), timeout=LIMIT)]

    def client_stream(self):
        return self.collect((self.Request(payload=bytes(1000)) for _ in range(1000)), timeout=LIMIT)

    def duplex(self):
        return [reply.text for reply in self.chat((self.Request(text=text) for text in ("one", "two")), timeout=LIMIT)]

    def metadata(self):
        sent = (("echo-text", "a b, c"), ("echo-bytes-bin", bytes([0, 1, 255])), ("echo-none-bin", b""))
        _, call = self.echo.with_call(self.Request(), metadata=sent, timeout=LIMIT)
        return {
            "headers": {key: self.text(value) for key, value in call.initial_metadata() if key.startswith("echo-")},
            "trailers": {key: self.text(value) for key, value in call.trailing_metadata() if key.startswith("echo-")},
        }

    def error(self):
        self.echo(self.Request(fail_with=grpc.StatusCode.NOT_FOUND.value[0], text="100 % größer, 訓練 🚀\nsecond line"), timeout=LIMIT)

    def error_in_stream(self):
        seen = []
        try:
            for reply in self.repeat(self.Request(count=2, fail_with=grpc.StatusCode.DATA_LOSS.value[0], text="gone"), timeout=LIMIT):
                seen.append(reply.number)
        except grpc.RpcError as error:
            return {"seen": seen, "code": error.code().name, "details": error.details()}

    def handler_failed(self):
        self.echo(self.Request(text="throw"), timeout=LIMIT)

    def deadline(self):
        for _ in self.hang(self.Request(text="python deadline"), timeout=0.2):
            pass

    def cancel(self):
        call = self.hang(self.Request(text="python cancel"), timeout=LIMIT)
        next(call)
        call.cancel()
        return call.code().name

    def connection_lost(self):
        call = self.hang(self.Request(text="python connection"), timeout=LIMIT)
        next(call)
        self.channel.close()
        self.connect()
        return call.code().name

    def too_large(self):
        self.echo(self.Request(payload=bytes(5 * 1024 * 1024)), timeout=LIMIT)

    def unknown_method(self):
        self.channel.unary_unary(f"/{SERVICE}/Nothing", **self.types)(self.Request(), timeout=LIMIT)

    def unknown_service(self):
        self.channel.unary_unary("/no.such.Service/Nothing", **self.types)(self.Request(), timeout=LIMIT)

    def compressed(self):
        self.echo(self.Request(payload=bytes(1000)), compression=grpc.Compression.Gzip, timeout=LIMIT)

    @staticmethod
    def text(value):
        return value.hex() if isinstance(value, bytes) else value

    def run(self, scenario):
        try:
            result = getattr(self, scenario)()
        except grpc.RpcError as error:
            return {"code": error.code().name, "details": error.details()}
        if hasattr(result, "DESCRIPTOR"):
            return {"text": result.text, "size": len(result.payload), "number": result.number, "total": result.total}
        return {"result": result}


def main(socket, descriptor):
    client = Client(socket, Messages(descriptor))
    for line in sys.stdin:
        print(json.dumps(client.run(line.strip())), flush=True)


main(*sys.argv[1:])
