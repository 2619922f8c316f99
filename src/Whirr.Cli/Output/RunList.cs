using Whirr.Cli.Runs;

namespace Whirr.Cli.Output;

/// <summary>A list of runs: as a table, in JSON, as CSV.</summary>
internal static class RunList
{
    /// <summary>What is listed.</summary>
    /// <param name="Runs">In the order of the list.</param>
    /// <param name="Total">How many match in all.</param>
    /// <param name="Problems">What could not be looked at, in sentences.</param>
    public sealed record Content(IReadOnlyList<RunView> Runs, ulong Total, IReadOnlyList<string> Problems)
    {
        public bool More => Total > (ulong)Runs.Count;
    }

    public static void WriteTable(TextOutput output, Content content, IReadOnlyList<RunColumn> columns, TimeProvider clock)
    {
        if (content.Runs.Count == 0)
        {
            return;
        }

        var table = new Table([.. columns.Select(column => column.Title)])
        {
            Shrinks = columns.Any(column => column.Name == "name") ? "NAME" : columns[^1].Title,
            Dispensable = ["TAGS", "STARTED", "SUMMARY"],
        };
        foreach (var facts in content.Runs)
        {
            table.Add([.. columns.Select(column => new Table.Cell(
                column.Cell(facts, clock),
                column.Name == "status" ? Colours.Of(facts.Run.State) : Colour.None,
                Right: column.IsField || column.Name is "exit_code" or "attempt" or "job"))]);
        }

        table.Write(output);
        if (content.More)
        {
            output.WriteLine($"... {content.Runs.Count} of {content.Total} runs (-n {content.Total} shows all)");
        }
    }

    /// <summary><c>{"runs":[...],"total":...,"more":...,"problems":[...]}</c>.</summary>
    public static void WriteJson(TextOutput output, Content content, DateTimeOffset now) => output.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (var facts in content.Runs)
        {
            RunDocument.Write(json, facts, now);
        }

        json.WriteEndArray();
        json.WriteNumber("total", content.Total);
        json.WriteBoolean("more", content.More);
        JobDocument.List(json, "problems", content.Problems);
        json.WriteEndObject();
    });

    public static void WriteCsv(TextOutput output, Content content, IReadOnlyList<RunColumn> columns, DateTimeOffset now)
    {
        var rows = content.Runs.Select(facts => columns.Select(column => column.Value(facts, now)));
        output.Write(string.Concat(rows.Prepend(columns.Select(column => column.Name)).Select(Csv.Line)));
    }
}
