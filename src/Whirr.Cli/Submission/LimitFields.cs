using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
using JobLimits = Whirr.Protocol.V1.JobLimits;

namespace Whirr.Cli.Submission;

/// <summary>What a job may use. A limit that an option set is taken away in a job file by <c>none</c>.</summary>
internal static class LimitFields
{
    private const string None = "none";

    public static IReadOnlyList<JobField> All { get; } =
    [
        new("time", "DURATION", "How long each attempt may run, e.g. 8h: then SIGTERM, the grace period, SIGKILL", SetTime)
        {
            Alias = "time_limit",
        },
        new("warn-signal", "SIGNAL@DURATION", "A signal to the main process ahead of that, e.g. USR1@5m", SetWarning),
        new("grace", "DURATION", "Time between SIGTERM and SIGKILL when it is ended, e.g. 30s or 5m", SetGrace) { Alias = "kill_grace_period" },
        new("memory", "SIZE", "Memory of the whole tree of processes, e.g. 8G (GiB)", (job, text) => Of(job).MemoryBytes = Bytes("memory", text)),
        new("cpus", "N", "Processors that the whole tree may use, e.g. 2.5", SetCpus),
        new("pids", "N", "Processes and threads of the whole tree", SetPids),
        new("nice", "N", "Niceness, -20 to 19; below 0 for root only", SetNice),
        new("ionice", "CLASS", "I/O priority: idle, best-effort or best-effort:0 to best-effort:7", SetIoPriority),
        new("umask", "MASK", "File mode creation mask in octal, e.g. 027 (default: this shell's)", SetUmask),
        new("rlimit", "NAME=SOFT[:HARD]", "A limit of each process, e.g. nofile=4096 or core=unlimited (may be repeated)", null)
        {
            SetAll = SetProcessLimits,
        },
        new("log-limit", "SIZE", "Disk space of its log, of which head and tail are kept, e.g. 1G; 0: no limit", SetLogLimit),
    ];

    private static JobLimits Of(JobSpec job) => job.Limits ??= new JobLimits();

    private static void SetTime(JobSpec job, string text) => Of(job).Time = text == None ? null
        : DurationText.TryParse(text, out var span) ? Duration.FromTimeSpan(span)
        : throw CommandFailure.Usage($"a time limit is a time like 8h or 1d 12h, or none, not {SafeText.Quote(text)}.");

    private static void SetWarning(JobSpec job, string text)
    {
        var at = text.IndexOf('@');
        if (at < 0 || SignalNames.Find(text[..at]) is not { } signal || !DurationText.TryParse(text[(at + 1)..], out var before))
        {
            throw CommandFailure.Usage(
                $"a warning is a signal and how long before the end it is sent, like USR1@5m or TERM@30s, not {SafeText.Quote(text)}.");
        }

        (Of(job).WarnSignal, Of(job).WarnBefore) = ((uint)signal, Duration.FromTimeSpan(before));
    }

    private static void SetGrace(JobSpec job, string text) =>
        job.KillGracePeriod = DurationText.TryParse(text, out var span) && span <= JobRules.MaxKillGracePeriod
            ? Duration.FromTimeSpan(span)
            : throw CommandFailure.Usage($"a grace period is a time up to 1d, like 30s or 5m, not {SafeText.Quote(text)}.");

    private static ulong Bytes(string what, string text)
    {
        if (text == None)
        {
            return 0;
        }

        return ByteText.TryParse(text, out var bytes) && bytes > 0
            ? bytes
            : throw CommandFailure.Usage($"{what} is a size like 512M, 1.5G or 8GiB, or none, not {SafeText.Quote(text)}.");
    }

    private static void SetCpus(JobSpec job, string text) => Of(job).CpuMillis = text == None ? 0
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cpus)
            && cpus * 1000 is >= LimitRules.MinCpuMillis and <= LimitRules.MaxCpuMillis
        ? (uint)(cpus * 1000)
        : throw CommandFailure.Usage($"cpus is a number from 0.01 to 100000, like 2 or 0.5, or none, not {SafeText.Quote(text)}.");

    private static void SetPids(JobSpec job, string text) => Of(job).Pids = text == None ? 0
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pids) && pids is >= 1 and <= LimitRules.MaxPids
        ? pids
        : throw CommandFailure.Usage($"pids is a whole number from 1 to {LimitRules.MaxPids}, like 500, or none, not {SafeText.Quote(text)}.");

    private static void SetNice(JobSpec job, string text) =>
        Of(job).Nice = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nice) && nice is >= -20 and <= 19
            ? nice
            : throw CommandFailure.Usage($"nice is a whole number from -20 (first) to 19 (last), like 10, not {SafeText.Quote(text)}.");

    private static void SetIoPriority(JobSpec job, string text)
    {
        try
        {
            Of(job).Ionice = IoWords.Format(IoWords.Parse(text));
        }
        catch (FormatException exception)
        {
            throw new CommandFailure(
                FailureKind.Usage,
                $"ionice is idle, best-effort or best-effort:0 (first) to best-effort:7 (last), not {SafeText.Quote(text)}.",
                exception);
        }
    }

    private static void SetUmask(JobSpec job, string text)
    {
        var mask = 0u;
        foreach (var digit in text)
        {
            mask = digit is >= '0' and <= '7' && mask < 512 ? (mask * 8) + digit - '0' : uint.MaxValue;
        }

        job.Umask = text.Length > 0 && mask <= 511
            ? mask
            : throw CommandFailure.Usage($"a umask is an octal number up to 777, like 022 or 027, not {SafeText.Quote(text)}.");
    }

    private static void SetProcessLimits(JobSpec job, IReadOnlyList<string> texts)
    {
        Of(job).Rlimits.Clear();
        Of(job).Rlimits.AddRange(texts.Select(ProcessLimitText.Parse));
    }

    private static void SetLogLimit(JobSpec job, string text) => Of(job).LogBytes = text == "0" ? 0 : Bytes("log_limit", text);
}
