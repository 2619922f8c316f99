using System.Text;
using System.Text.Json;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Job = Whirr.Protocol.V1.Job;

namespace Whirr.Cli.Output;

/// <summary>All about one job, for a person who wants to know what happened last night.</summary>
internal static class JobDetails
{
    private const int LabelWidth = 13;

    public static void Write(TextOutput output, Job job, TimeProvider clock)
    {
        var text = new StringBuilder();
        text.Append(output.Paint($"Job {job.Id}", Colour.Bold)).Append("  ").Append(SafeText.Escape(job.Name)).Append('\n');
        Line(text, "State", output.Paint(job.State.ToWord(), Colours.Of(job.State)) + StateRemark(job));
        Line(text, WentBack(job) ? "Went back" : "Why", Why(job));
        Line(text, "Exit code", WentBack(job) ? "" : ExitCode(job));
        AddAttempts(text, job);
        AddTimes(text, job, clock);
        Line(text, "Command", ShellWords.Join(job.CommandArgv));
        Line(text, "Directory", SafeText.Escape(job.Workdir));
        Line(text, "Run", SafeText.Escape(job.RunDir));
        Line(text, "Log", job.RunDir.Length == 0 ? "" : SafeText.Escape(Path.Combine(job.RunDir, JobDocument.LogName)));
        Line(text, "Tags", SafeText.Escape(string.Join(", ", job.Tags)));
        Line(text, "Config", Config(job.ConfigJson));
        Line(text, "Priority", job.Priority == 0 ? "" : job.Priority.ToString());
        Line(text, "Client id", SafeText.Escape(job.ClientJobId));
        Line(text, "Retry of", job.ParentJobId == 0 ? "" : $"job {job.ParentJobId}");
        Line(text, "Process", job.Pid == 0 ? "" : $"{job.Pid} on {SafeText.Escape(job.Node)}");
        Line(text, "Peak memory", job.MaxRssBytes == 0 ? "" : ByteCount.Format(job.MaxRssBytes));
        Line(text, "CPU time", job.CpuTime is { } cpu && job.FinishedAt is not null ? DurationText.Format(cpu.ToTimeSpan()) : "");
        Line(text, "Uid", SafeText.Escape(job.Uid));
        output.Write(text.ToString());
    }

    /// <summary>How an ended job ended, in one sentence without a full stop: <c>Job 7 failed: the command exited with code 1</c>.</summary>
    public static string Ending(Job job)
    {
        var why = Why(job);
        return why.Length == 0 ? $"Job {job.Id} {job.State.ToWord()}" : $"Job {job.Id} {job.State.ToWord()}: {why}";
    }

    /// <summary>True for a job that waits again: what is known of its last attempt is no ending of the job.</summary>
    private static bool WentBack(Job job) => job is { State: Protocol.V1.JobState.Queued, Attempt: > 0 };

    // Not every attempt counts against the limit (the job is not to blame for a machine that was restarted), so there may be more of them.
    private static void AddAttempts(StringBuilder text, Job job)
    {
        if (WentBack(job))
        {
            Line(text, "Attempts", $"{job.Attempt} so far");
        }
        else
        {
            Line(text, "Attempt", job switch
            {
                { Attempt: 0 } => $"none yet (at most {job.MaxAttempts})",
                _ when job.Attempt > job.MaxAttempts => $"{job.Attempt}",
                _ => $"{job.Attempt} of {job.MaxAttempts}",
            });
        }
    }

    private static string StateRemark(Job job) => job switch
    {
        { CancelRequestedAt: not null } when !job.State.IsEnded() => " (being cancelled)",
        _ when WentBack(job) => " (to be run again)",
        _ => "",
    };

    private static string Why(Job job) => (job.Reason, job.ReasonDetail) switch
    {
        ("", var detail) => SafeText.Escape(detail),
        (var reason, "") => SafeText.Escape(reason),
        var (reason, detail) => $"{SafeText.Escape(detail)} ({SafeText.Escape(reason)})",
    };

    private static string ExitCode(Job job)
    {
        if (job.Signal > 0)
        {
            return $"{job.ExitCode} (signal {job.Signal}, {SignalNames.Describe(job.Signal)})";
        }

        return job.HasExitCode ? job.ExitCode.ToString() : "";
    }

    private static void AddTimes(StringBuilder text, Job job, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        if (job.CreatedAt is { } created)
        {
            var ago = DurationText.Format(now - created.ToDateTimeOffset());
            Line(text, "Submitted", $"{Times.Local(created, clock)} by {SafeText.Escape(job.Owner)} ({ago} ago)");
        }

        if (WentBack(job))
        {
            var began = job.StartedAt is { } last ? $"{Times.Local(last, clock)}, " : "";
            var took = Times.Runtime(job, now) is { } ran && job.FinishedAt is not null ? $"ran {DurationText.Format(ran)}" : "cut short";
            Line(text, "Last attempt", began + took);
            return;
        }

        if (job.StartedAt is { } started)
        {
            // For a later attempt the time since the submit is no waiting time.
            var waited = job.Attempt == 1 && job.CreatedAt is { } from
                ? $" (waited {DurationText.Format(started.ToDateTimeOffset() - from.ToDateTimeOffset())})"
                : "";
            Line(text, "Started", Times.Local(started, clock) + waited);
        }

        var runtime = Times.Runtime(job, now) is { } span ? DurationText.Format(span) : "";
        if (job.FinishedAt is { } finished)
        {
            Line(text, "Ended", Times.Local(finished, clock) + (runtime.Length == 0 ? "" : $" (ran {runtime})"));
        }
        else
        {
            Line(text, "Running for", runtime);
        }
    }

    private static string Config(string json)
    {
        if (json is "" or "{}")
        {
            return "";
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return SafeText.Escape(string.Join(", ", document.RootElement.EnumerateObject().Select(each => $"{each.Name}={each.Value}")));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return SafeText.Escape(json);
        }
    }

    private static void Line(StringBuilder text, string label, string value)
    {
        if (value.Length > 0)
        {
            text.Append($"  {(label + ":").PadRight(LabelWidth)} {value}\n");
        }
    }
}
