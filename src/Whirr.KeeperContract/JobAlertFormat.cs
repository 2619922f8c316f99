using System.Text.Json;

namespace Whirr.KeeperContract;

/// <summary>The members of an alert in messages and exit records.</summary>
internal static class JobAlertFormat
{
    public static void Write(Utf8JsonWriter json, JobAlert alert)
    {
        Timestamps.Write(json, "at"u8, alert.At);
        json.WriteString("level"u8, alert.Level);
        json.WriteString("title"u8, alert.Title);
        json.WriteString("text"u8, alert.Text);
    }

    public static void WriteAll(Utf8JsonWriter json, IReadOnlyList<JobAlert> alerts)
    {
        json.WriteStartArray("alerts"u8);
        foreach (var alert in alerts)
        {
            json.WriteStartObject();
            Write(json, alert);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static List<JobAlert> ReadAll(ref ObjectReader fields)
    {
        List<JobAlert> alerts = [];
        for (fields.ExpectArray(); fields.NextElement();)
        {
            alerts.Add(Read(fields.Raw()));
        }

        return alerts;
    }

    private static JobAlert Read(ReadOnlySpan<byte> json)
    {
        var fields = new ObjectReader(json, "alert");
        var alert = new JobAlert(default, "", "", "");
        while (fields.MoveNext())
        {
            switch (fields.Name)
            {
                case var n when n.SequenceEqual("at"u8): alert = alert with { At = fields.Time() }; break;
                case var n when n.SequenceEqual("level"u8): alert = alert with { Level = fields.String() }; break;
                case var n when n.SequenceEqual("title"u8): alert = alert with { Title = fields.String() }; break;
                case var n when n.SequenceEqual("text"u8): alert = alert with { Text = fields.String() }; break;
            }
        }

        return alert;
    }
}
