using Google.Protobuf.WellKnownTypes;
using Whirr.Domain.Ports;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Daemon;

/// <summary>A hold as a message of the wire.</summary>
internal static class HoldWire
{
    public static Wire.QueueHold ToWire(this QueueHold hold) => new() { By = hold.By, At = hold.At.ToTimestamp(), Why = hold.Why ?? "" };
}
