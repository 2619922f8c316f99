using System.Text.Json;

namespace Whirr.Cli.Ablations;

/// <summary>A set of conditions that are compared with a baseline.</summary>
/// <param name="Id">Six characters, the name of its file.</param>
/// <param name="Name">As people call it.</param>
/// <param name="Metric">What is compared.</param>
/// <param name="SeedBase">Seed of the first replicate.</param>
/// <param name="Conditions">Beside the baseline, in the order they were added.</param>
internal sealed record Ablation(string Id, string Name, string Metric, long SeedBase, IReadOnlyList<Condition> Conditions)
{
    /// <summary>The condition in which nothing is changed.</summary>
    public const string Baseline = "baseline";

    /// <summary>The baseline, then the others.</summary>
    public IEnumerable<Condition> All => Conditions.Prepend(new Condition(Baseline, "{}"));

    public string Tag => $"ablate:{Name}";

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("name", Name);
        json.WriteString("metric", Metric);
        json.WriteNumber("seed_base", SeedBase);
        json.WriteStartArray("conditions");
        foreach (var condition in Conditions)
        {
            json.WriteStartObject();
            json.WriteString("name", condition.Name);
            json.WritePropertyName("changes");
            json.WriteRawValue(condition.ChangesJson);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <exception cref="JsonException">It is something else.</exception>
    public static Ablation Read(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            return new Ablation(
                root.GetProperty("id").GetString() ?? "",
                root.GetProperty("name").GetString() ?? "",
                root.GetProperty("metric").GetString() ?? "",
                root.GetProperty("seed_base").GetInt64(),
                [.. root.GetProperty("conditions").EnumerateArray().Select(Condition.Read)]);
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new JsonException("not an ablation", exception);
        }
    }
}

/// <summary>A condition.</summary>
/// <param name="Name">Its tag.</param>
/// <param name="ChangesJson">What is changed, a JSON object.</param>
internal sealed record Condition(string Name, string ChangesJson)
{
    public static Condition Read(JsonElement element) =>
        new(element.GetProperty("name").GetString() ?? "", element.GetProperty("changes").GetRawText());
}
