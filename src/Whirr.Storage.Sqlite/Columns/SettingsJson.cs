using System.Text.Json;
using System.Text.Json.Serialization;
using Whirr.Domain.Jobs;

namespace Whirr.Storage.Sqlite.Columns;

/// <summary>Settings that most jobs leave alone, as JSON; null when they are as when nothing is said.</summary>
/// <remarks>The names are those of the properties in Whirr.Domain, in snake_case; the fixture databases hold them still. What is missing has
/// its default, so a property that is added later needs no migration.</remarks>
internal static class SettingsJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new MillisecondsConverter(), new CausesConverter() },
    };

    /// <summary>Everything but the time limit, which has a column of its own.</summary>
    public static string? Write(JobLimits limits)
    {
        var others = limits with { Time = null };
        return others.PerProcess.Count == 0 && (others with { PerProcess = JobLimits.None.PerProcess }) == JobLimits.None
            ? null
            : JsonSerializer.Serialize(others, Options);
    }

    public static string? Write(RetryPolicy retry) => retry == RetryPolicy.Never ? null : JsonSerializer.Serialize(retry, Options);

    public static string? Write(JobWatch watch) => watch == JobWatch.None ? null : JsonSerializer.Serialize(watch, Options);

    public static string? Write(NoticeSettings? notices) => notices is null ? null : JsonSerializer.Serialize(notices, Options);

    public static T Read<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, Options)!;

    private sealed class MillisecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TimeSpan.FromMilliseconds(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteNumberValue((long)value.TotalMilliseconds);
    }

    private sealed class CausesConverter : JsonConverter<RetryCauses>
    {
        public override RetryCauses Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            RetryCauses.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, RetryCauses value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
