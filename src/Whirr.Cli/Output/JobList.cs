using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>A list of jobs, as a table and in JSON.</summary>
internal static class JobList
{
    private const int LongestName = 40;

    /// <summary>What is listed.</summary>
    /// <param name="Jobs">In the order of the list.</param>
    /// <param name="More">True: more jobs match than are listed.</param>
    /// <param name="Running">How many jobs of everybody run; null when that was not asked.</param>
    /// <param name="Queued">How many wait.</param>
    public sealed record Content(IReadOnlyList<Job> Jobs, bool More, ulong? Running, ulong? Queued);

    public static void WriteTable(TextOutput output, Content content, TimeProvider clock)
    {
        if (content.Jobs.Count > 0)
        {
            CreateTable(content.Jobs, clock).Write(output);
        }

        if (content.More)
        {
            output.WriteLine($"... the first {content.Jobs.Count}; there are more (-n {content.Jobs.Count * 2} shows more of them)");
        }

        if (content is { Running: { } running, Queued: { } queued })
        {
            output.WriteLine(output.Paint($"{running} running, {queued} queued", Colour.Bold));
        }
    }

    /// <summary><c>{"jobs":[...],"more":...,"running":...,"queued":...}</c>; the last two only when they are known.</summary>
    public static void WriteJson(TextOutput output, Content content) => output.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("jobs");
        foreach (var job in content.Jobs)
        {
            JobDocument.Write(json, job);
        }

        json.WriteEndArray();
        json.WriteBoolean("more", content.More);
        if (content is { Running: { } running, Queued: { } queued })
        {
            json.WriteNumber("running", running);
            json.WriteNumber("queued", queued);
        }

        json.WriteEndObject();
    });

    private static Table CreateTable(IReadOnlyList<Job> jobs, TimeProvider clock)
    {
        var withUser = jobs.Any(job => job.OwnerUid != jobs[0].OwnerUid);
        var table = withUser
            ? new Table("ID", "NAME", "STATE", "RUNTIME", "SUBMITTED", "USER") { Shrinks = "NAME", Dispensable = ["SUBMITTED", "USER"] }
            : new Table("ID", "NAME", "STATE", "RUNTIME", "SUBMITTED") { Shrinks = "NAME", Dispensable = ["SUBMITTED"] };
        var now = clock.GetUtcNow();
        foreach (var job in jobs)
        {
            Table.Cell[] row =
            [
                new(job.Id.ToString(), Right: true),
                new(SafeText.Cut(SafeText.Escape(job.Name), LongestName)),
                new(job.CancelRequestedAt is not null && !job.State.IsEnded() ? "cancelling" : job.State.ToWord(), Colours.Of(job.State)),
                new(Times.Runtime(job, now) is { } span && job.State != JobState.Queued ? DurationText.Format(span) : "-"),
                new(job.CreatedAt is null ? "-" : Times.ShortLocal(job.CreatedAt, clock)),
            ];
            table.Add(withUser ? [.. row, new(job.Owner)] : row);
        }

        return table;
    }
}
