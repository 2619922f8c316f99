"""What the foreign client and the foreign server share: messages made from the descriptor that the tests hand over, without generated code."""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "whirr.interop.v1.Interop"


class Messages:
    def __init__(self, descriptor_file):
        with open(descriptor_file, "rb") as file:
            described = descriptor_pb2.FileDescriptorProto.FromString(file.read())
        pool = descriptor_pool.DescriptorPool()
        pool.Add(described)
        factory = message_factory.MessageFactory(pool)
        self.Request = factory.GetPrototype(pool.FindMessageTypeByName("whirr.interop.v1.EchoRequest"))
        self.Reply = factory.GetPrototype(pool.FindMessageTypeByName("whirr.interop.v1.EchoReply"))
