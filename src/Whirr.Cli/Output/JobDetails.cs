using System.Text.Json;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Job = Whirr.Protocol.V1.Job;

namespace Whirr.Cli.Output;

/// <summary>All about one job, for a person who wants to know what happened last night.</summary>
internal static class JobDetails
{
    public static void Write(TextOutput output, Job job, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var page = new DetailPage($"{output.Paint($"Job {job.Id}", Colour.Bold)}  {SafeText.Escape(job.Name)}");
        page.Line("State", output.Paint(job.State.ToWord(), Colours.Of(job.State)) + StateRemark(job, now));
        page.Line(WentBack(job) ? "Went back" : "Why", Why(job));
        page.Line("Stalled", SafeText.Escape(job.Stalled));
        page.Line("Exit code", WentBack(job) ? "" : ExitCode(job));
        page.Line(WentBack(job) ? "Attempts" : "Attempt", job.Attempt == 0 ? "none yet" : WentBack(job) ? $"{job.Attempt} so far" : $"{job.Attempt}");
        AddTimes(page, job, clock);
        LimitDetails.Add(page, job, now);
        page.Line("Command", ShellWords.Join(job.CommandArgv));
        page.Line("Directory", SafeText.Escape(job.Workdir));
        page.Line("Run", SafeText.Escape(job.RunDir));
        page.Line("Log", job.RunDir.Length == 0 ? "" : SafeText.Escape(Path.Combine(job.RunDir, JobDocument.LogName)));
        page.Line("Tags", SafeText.Escape(string.Join(", ", job.Tags)));
        page.Line("Config", Config(job.ConfigJson));
        page.Line("Priority", job.Priority == 0 ? "" : job.Priority.ToString());
        page.Line("Client id", SafeText.Escape(job.ClientJobId));
        page.Line("Retry of", job.ParentJobId == 0 ? "" : $"job {job.ParentJobId}");
        page.Line("Process", job.Pid == 0 ? "" : $"{job.Pid} on {SafeText.Escape(job.Node)}");
        UsageDetails.Add(page, job, now);
        page.Line("Uid", SafeText.Escape(job.Uid));
        output.Write(page.ToString());
        if (job.Attempts.Count > 1)
        {
            AttemptList.Write(output, job.Attempts, clock);
        }
    }

    /// <summary>How an ended job ended, in one sentence without a full stop: <c>Job 7 failed: the command exited with code 1</c>.</summary>
    public static string Ending(Job job)
    {
        var why = Why(job);
        return why.Length == 0 ? $"Job {job.Id} {job.State.ToWord()}" : $"Job {job.Id} {job.State.ToWord()}: {why}";
    }

    /// <summary>True for a job that waits again: what is known of its last attempt is no ending of the job.</summary>
    private static bool WentBack(Job job) => job is { State: Protocol.V1.JobState.Queued, Attempt: > 0 };

    private static string StateRemark(Job job, DateTimeOffset now) => job switch
    {
        { CancelRequestedAt: not null } when !job.State.IsEnded() => " (being cancelled)",
        _ when Times.Pause(job, now) is { } pause => $" (to be run again in {DurationText.Format(pause)})",
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

    private static void AddTimes(DetailPage page, Job job, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        if (job.CreatedAt is { } created)
        {
            var ago = DurationText.Format(now - created.ToDateTimeOffset());
            page.Line("Submitted", $"{Times.Local(created, clock)} by {SafeText.Escape(job.Owner)} ({ago} ago)");
        }

        if (WentBack(job))
        {
            var began = job.StartedAt is { } last ? $"{Times.Local(last, clock)}, " : "";
            var took = Times.Runtime(job, now) is { } ran && job.FinishedAt is not null ? $"ran {DurationText.Format(ran)}" : "cut short";
            page.Line("Last attempt", began + took);
            return;
        }

        if (job.StartedAt is { } started)
        {
            // For a later attempt the time since the submit is no waiting time.
            var waited = job.Attempt == 1 && job.CreatedAt is { } from
                ? $" (waited {DurationText.Format(started.ToDateTimeOffset() - from.ToDateTimeOffset())})"
                : "";
            page.Line("Started", Times.Local(started, clock) + waited);
        }

        var runtime = Times.Runtime(job, now) is { } span ? DurationText.Format(span) : "";
        if (job.FinishedAt is { } finished)
        {
            page.Line("Ended", Times.Local(finished, clock) + (runtime.Length == 0 ? "" : $" (ran {runtime})"));
        }
        else
        {
            page.Line("Running for", runtime);
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
}
