using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>A list of jobs, as a table and in JSON.</summary>
internal static class JobList
{
    private const int LongestName = 40;

    // So long before the end of its time there is still something to be done about it (`whirrctl extend`).
    private static readonly TimeSpan NearEnd = TimeSpan.FromMinutes(15);

    /// <summary>What is listed.</summary>
    /// <param name="Jobs">In the order of the list.</param>
    /// <param name="More">True: more jobs match than are listed.</param>
    /// <param name="Info">What the daemon says of itself and of the queue; null when that was not asked.</param>
    public sealed record Content(IReadOnlyList<Job> Jobs, bool More, InfoReply? Info);

    public static void WriteTable(TextOutput output, Content content, TimeProvider clock)
    {
        foreach (var notice in content.Info is null ? [] : DaemonNotices.Of(content.Info, clock))
        {
            output.WriteLine(output.Paint(notice, Colour.Yellow));
        }

        if (content.Jobs.Count > 0)
        {
            CreateTable(content.Jobs, clock).Write(output);
        }

        if (content.More)
        {
            output.WriteLine($"... the first {content.Jobs.Count}; there are more (-n {content.Jobs.Count * 2} shows more of them)");
        }

        if (content.Info is { } info)
        {
            output.WriteLine(output.Paint($"{info.Running} running, {info.Queued} queued", Colour.Bold));
        }
    }

    /// <summary><c>{"jobs":[...],"more":...,"running":...,"queued":...,"stopping":...,"hold":...,"troubles":[...]}</c>; what comes after
    /// <c>more</c> only when it was asked.</summary>
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
        if (content.Info is { } info)
        {
            json.WriteNumber("running", info.Running);
            json.WriteNumber("queued", info.Queued);
            json.WriteBoolean("stopping", info.Stopping);
            HoldDocument.Write(json, "hold", info.Hold);
            JobDocument.List(json, "troubles", info.Troubles);
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
                new(State(job, now), Colours.Of(job.State)),
                new(Times.Runtime(job, now) is { } span && job.State != JobState.Queued ? DurationText.Format(span) : "-"),
                new(job.CreatedAt is null ? "-" : Times.ShortLocal(job.CreatedAt, clock)),
            ];
            table.Add(withUser ? [.. row, new(job.Owner)] : row);
        }

        return table;
    }

    /// <summary>The state of a job with what there is to say of it.</summary>
    public static string State(Job job, DateTimeOffset now) => job switch
    {
        { CancelRequestedAt: not null } when !job.State.IsEnded() => "cancelling",
        _ when Times.Pause(job, now) is { } pause => $"queued (retry in {DurationText.FormatShort(pause)})",
        { Stalled.Length: > 0, State: JobState.Running } => "running (stalled)",
        _ when LimitDetails.TimeLeft(job, now) is { } left && left < NearEnd && left * 10 < job.Limits.Time.ToTimeSpan() => $"running ({DurationText.FormatShort(left)} left)",
        _ => job.State.ToWord(),
    };
}
