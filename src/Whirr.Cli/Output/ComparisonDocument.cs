using System.Text.Json;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Output;

/// <summary>A comparison in JSON. Arrays have an element for each run, in the order of <c>runs</c>.</summary>
internal static class ComparisonDocument
{
    public static void Write(TextOutput output, Comparison comparison, IReadOnlyList<RunGroups.Group>? groups) => output.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (var (dir, run) in comparison.Runs)
        {
            json.WriteStartObject();
            json.WriteString("run_id", run.RunId);
            json.WriteString("run_dir", dir);
            JobDocument.Text(json, "name", run.Name);
            json.WriteString("state", run.State.ToWord());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Fields(json, "config", comparison.Config);
        Fields(json, "summary", comparison.Summary);
        json.WriteStartObject("metrics");
        foreach (var metric in comparison.Metrics)
        {
            json.WriteStartObject(metric.Name);
            json.WriteString("goal", MetricGoal.IsLessBetter(metric.Name) ? "min" : "max");
            Numbers(json, "last", metric.Last);
            Numbers(json, "best", metric.Best);
            JobDocument.Text(json, "best_run", metric.BestRun < 0 ? "" : comparison.Runs[metric.BestRun].Run.RunId);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        Groups(json, groups);
        json.WriteEndObject();
    });

    private static void Fields(Utf8JsonWriter json, string name, IReadOnlyList<(string Name, IReadOnlyList<JsonElement?> Values)> fields)
    {
        json.WriteStartObject(name);
        foreach (var (field, values) in fields)
        {
            json.WriteStartArray(field);
            foreach (var value in values)
            {
                if (value is { } some)
                {
                    some.WriteTo(json);
                }
                else
                {
                    json.WriteNullValue();
                }
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            MetricJson.WriteOrNull(json, number);
        }

        json.WriteEndArray();
    }

    private static void Groups(Utf8JsonWriter json, IReadOnlyList<RunGroups.Group>? groups)
    {
        if (groups is null)
        {
            json.WriteNull("groups");
            return;
        }

        json.WriteStartArray("groups");
        foreach (var group in groups)
        {
            json.WriteStartObject();
            json.WriteString("value", group.Value);
            json.WriteNumber("runs", group.Runs);
            json.WriteStartObject("metrics");
            foreach (var (name, count, mean, deviation) in group.Metrics)
            {
                json.WriteStartObject(name);
                json.WriteNumber("count", count);
                json.WritePropertyName("mean");
                MetricJson.WriteOrNull(json, mean);
                json.WritePropertyName("std");
                MetricJson.WriteOrNull(json, deviation);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
