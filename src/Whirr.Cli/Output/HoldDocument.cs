using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>Who stopped the starting of jobs, in JSON; null when nobody did.</summary>
internal static class HoldDocument
{
    public static void Write(Utf8JsonWriter json, string name, QueueHold? hold)
    {
        if (hold is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        JobDocument.Text(json, "by", hold.By);
        JobDocument.Time(json, "at", hold.At);
        JobDocument.Text(json, "why", hold.Why);
        json.WriteEndObject();
    }
}
