using System.Text.Json;

namespace Whirr.Cli.Runs;

/// <summary>The members of a JSON object under dotted names, in their order: <c>{"opt":{"lr":1}}</c> has the field <c>opt.lr</c>.</summary>
internal static class RunFields
{
    /// <summary>Reads <paramref name="json"/>; nothing for what is empty or no object. Arrays are one field each.</summary>
    public static IReadOnlyList<KeyValuePair<string, JsonElement>> Read(string json)
    {
        if (json.Length == 0)
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var fields = new List<KeyValuePair<string, JsonElement>>();
            Flatten(document.RootElement.Clone(), "", fields);
            return fields;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>A value as people read it: texts as they are, all else as JSON.</summary>
    public static string Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText();
        }
    }

    private static void Flatten(JsonElement value, string name, List<KeyValuePair<string, JsonElement>> fields)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            if (name.Length > 0)
            {
                fields.Add(new(name, value));
            }

            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            Flatten(member.Value, name.Length == 0 ? member.Name : $"{name}.{member.Name}", fields);
        }
    }
}
