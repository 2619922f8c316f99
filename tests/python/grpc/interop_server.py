"""The interop service on grpcio: interop_server.py SOCKET DESCRIPTOR. Prints a line when it is ready, then one for each thing it sees; ends with stdin."""
import sys
import threading
from concurrent import futures

import grpc

from interop import SERVICE, Messages

CODES = {code.value[0]: code for code in grpc.StatusCode}


def see(line):
    print(line, flush=True)


class Interop:
    def __init__(self, messages):
        self.Reply = messages.Reply

    def echo(self, request, context):
        self._answer(request, context)
        if request.text == "timeout":
            return self.Reply(number=int(context.time_remaining()))
        return self.Reply(text=request.text, payload=self._payload(request))

    def repeat(self, request, context):
        for number in range(request.count):
            yield self.Reply(number=number, payload=self._payload(request))
        self._answer(request, context)

    def collect(self, requests, context):
        reply = self.Reply()
        for request in requests:
            self._answer(request, context)
            reply.number += 1
            reply.total += len(request.payload)
        return reply

    def chat(self, requests, context):
        for request in requests:
            self._answer(request, context)
            yield self.Reply(text=request.text)

    def hang(self, request, context):
        ended = threading.Event()
        context.add_callback(ended.set)
        yield self.Reply(text="waiting")
        ended.wait(30)
        see(f"cancelled {request.text}")

    def _payload(self, request):
        return bytes(request.reply_size) if request.reply_size else request.payload

    def _answer(self, request, context):
        if request.text == "gzip":
            context.set_compression(grpc.Compression.Gzip)
        echoes = tuple((key, value) for key, value in context.invocation_metadata() if key.startswith("echo-"))
        if echoes:
            context.send_initial_metadata(echoes)
            context.set_trailing_metadata(echoes)
        if request.fail_with:
            context.abort(CODES[request.fail_with], request.text)


def main(socket, descriptor):
    messages = Messages(descriptor)
    interop = Interop(messages)
    types = {"request_deserializer": messages.Request.FromString, "response_serializer": messages.Reply.SerializeToString}
    server = grpc.server(futures.ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {
        "Echo": grpc.unary_unary_rpc_method_handler(interop.echo, **types),
        "Repeat": grpc.unary_stream_rpc_method_handler(interop.repeat, **types),
        "Collect": grpc.stream_unary_rpc_method_handler(interop.collect, **types),
        "Chat": grpc.stream_stream_rpc_method_handler(interop.chat, **types),
        "Hang": grpc.unary_stream_rpc_method_handler(interop.hang, **types),
    }),))
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    see("ready")
    sys.stdin.read()
    server.stop(0)


main(*sys.argv[1:])
