using System.Text;
using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;

namespace Whirr.Cli.Submission;

/// <summary>Hyperparameters from <c>-c key=value</c> and <c>-c @file.json</c>.</summary>
/// <remarks>
/// A value that is JSON is taken as such (<c>lr=1e-3</c>, <c>bias=true</c>, <c>layers=[64,64]</c>); anything else is a string
/// (<c>model=resnet</c>, <c>seed=007</c>). Keys are not taken apart: <c>opt.lr=1</c> sets the key <c>opt.lr</c>. Of several values of one
/// key the last counts, also between files and single values.
/// </remarks>
internal static class ConfigArguments
{
    /// <summary>One JSON object; empty when there is nothing in it.</summary>
    /// <param name="arguments">The values of -c, in order.</param>
    /// <param name="resolve">Makes the name of a file absolute.</param>
    /// <exception cref="CommandFailure">One of them is wrong.</exception>
    public static string ToJson(IReadOnlyList<string> arguments, Func<string, string> resolve)
    {
        var values = new Values();
        foreach (var argument in arguments)
        {
            if (argument.StartsWith('@'))
            {
                AddFile(values, argument[1..], resolve);
            }
            else
            {
                AddPair(values, argument);
            }
        }

        return values.ToJson();
    }

    /// <summary>Both objects in one; where they share a key, <paramref name="over"/> counts.</summary>
    public static string Merge(string under, JsonElement over)
    {
        var values = new Values();
        if (under.Length > 0)
        {
            using var document = JsonDocument.Parse(under);
            values.AddMembers(document.RootElement);
        }

        values.AddMembers(over);
        return values.ToJson();
    }

    private static void AddPair(Values values, string argument)
    {
        var equals = argument.IndexOf('=');
        if (equals <= 0)
        {
            throw CommandFailure.Usage($"-c takes key=value or @file.json, not {SafeText.Quote(argument)}.");
        }

        var value = argument[(equals + 1)..];
        try
        {
            using var document = JsonDocument.Parse(value);
            values.Add(argument[..equals], document.RootElement.GetRawText());
        }
        catch (JsonException)
        {
            values.Add(argument[..equals], $"\"{JsonEncodedText.Encode(value)}\"");
        }
    }

    private static void AddFile(Values values, string name, Func<string, string> resolve)
    {
        var shown = SafeText.Escape(name);
        try
        {
            var path = resolve(name);
            if (new FileInfo(path) is { Exists: true, Length: > JobRules.MaxConfigBytes } large)
            {
                throw CommandFailure.Usage(
                    $"{shown} has {ByteCount.Format(large.Length)}, and a configuration may have {ByteCount.Format(JobRules.MaxConfigBytes)}: keep data in a file, and its path in the configuration.");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw CommandFailure.Usage($"{shown}:1: a configuration is one JSON object ({{...}}).");
            }

            values.AddMembers(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw CommandFailure.Usage($"{shown}:{exception.LineNumber + 1}:{exception.BytePositionInLine + 1}: this is not JSON.");
        }
        catch (Exception exception) when (FileProblem.Is(exception) || exception is ArgumentException)
        {
            throw new CommandFailure(FailureKind.Files, $"cannot read {shown}: {FileProblem.Describe(exception)}.", exception);
        }
    }

    /// <summary>Members of a JSON object: raw JSON by key, in the order the keys were first named.</summary>
    private sealed class Values
    {
        private readonly List<string> _keys = [];
        private readonly Dictionary<string, string> _raw = new(StringComparer.Ordinal);

        public void Add(string key, string rawJson)
        {
            if (!_raw.ContainsKey(key))
            {
                _keys.Add(key);
            }

            _raw[key] = rawJson;
        }

        public void AddMembers(JsonElement element)
        {
            foreach (var member in element.EnumerateObject())
            {
                Add(member.Name, member.Value.GetRawText());
            }
        }

        public string ToJson()
        {
            if (_keys.Count == 0)
            {
                return "";
            }

            var line = JsonLine.Format(json =>
            {
                json.WriteStartObject();
                foreach (var key in _keys)
                {
                    json.WritePropertyName(key);
                    json.WriteRawValue(_raw[key], skipInputValidation: true);
                }

                json.WriteEndObject();
            });
            return Encoding.UTF8.GetString(line[..^1]);
        }
    }
}
