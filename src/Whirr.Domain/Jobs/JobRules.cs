using System.Text;
using System.Text.Json;

namespace Whirr.Domain.Jobs;

/// <summary>What a job must be like to be accepted.</summary>
public static class JobRules
{
    public const int MaxNameBytes = 256;
    public const int MaxClientJobIdBytes = 256;
    public const int MaxTags = 64;
    public const int MaxTagBytes = 128;
    public const int MaxPriority = 1_000_000;
    public const int MaxArgvBytes = 2 * 1024 * 1024;
    public const int MaxConfigBytes = 1024 * 1024;
    public const int MaxEnvironmentBytes = 2 * 1024 * 1024;
    public const int MaxPathBytes = 4095;
    public const int MaxAttempts = 1000;
    public const int MaxRetries = 1000;
    public static readonly TimeSpan MaxKillGracePeriod = TimeSpan.FromDays(1);
    public static readonly TimeSpan MaxPause = TimeSpan.FromDays(7);
    public static readonly TimeSpan MinStall = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan MaxStall = TimeSpan.FromDays(30);

    /// <summary>What is wrong with a job: one sentence that names the field, or null when it can be accepted.</summary>
    public static string? FindFault(JobSettings job, ReadOnlySpan<byte> environment) =>
        FindArgvFault(job.CommandArgv)
        ?? FindTextFault("name", job.Name, MaxNameBytes)
        ?? (job.ClientJobId is null ? null : FindTextFault("client_job_id", job.ClientJobId, MaxClientJobIdBytes))
        ?? FindTagsFault(job.Tags)
        ?? FindPathFault("workdir", job.Workdir)
        ?? (job.RunsDir is null ? null : FindPathFault("runs_dir", job.RunsDir))
        ?? FindConfigFault(job.ConfigJson)
        ?? FindNumberFault(job)
        ?? LimitRules.FindFault(job.Limits)
        ?? FindRetryFault(job.Retry)
        ?? FindWatchFault(job)
        ?? NoticeRules.FindFault(job.Notices)
        ?? FindEnvironmentFault(environment);

    private static string? FindArgvFault(IReadOnlyList<string> argv)
    {
        if (argv.Count == 0 || argv[0].Length == 0)
        {
            return "command_argv: there is no command to run";
        }

        long bytes = 0;
        foreach (var argument in argv)
        {
            bytes += Encoding.UTF8.GetByteCount(argument) + 1;
            if (argument.Contains('\0', StringComparison.Ordinal))
            {
                return "command_argv: an argument contains a NUL character, which no program can be given";
            }
        }

        return bytes > MaxArgvBytes ? $"command_argv: {bytes} bytes, the limit is {MaxArgvBytes}" : null;
    }

    private static string? FindTextFault(string field, string text, int maxBytes)
    {
        if (text.Length == 0)
        {
            return $"{field}: is empty";
        }

        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                return $"{field}: contains a control character (U+{(int)c:X4}); use printable text";
            }
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes > maxBytes ? $"{field}: {bytes} bytes, the limit is {maxBytes}" : null;
    }

    private static string? FindTagsFault(IReadOnlyList<string> tags)
    {
        if (tags.Count > MaxTags)
        {
            return $"tags: {tags.Count} of them, the limit is {MaxTags}";
        }

        foreach (var tag in tags)
        {
            if (FindTextFault("tags", tag, MaxTagBytes) is { } fault)
            {
                return fault;
            }

            if (tag.Contains(',', StringComparison.Ordinal))
            {
                return $"tags: \"{tag}\" contains a comma, which separates tags";
            }
        }

        return null;
    }

    private static string? FindPathFault(string field, string path)
    {
        if (!path.StartsWith('/'))
        {
            return $"{field}: \"{path}\" is not an absolute path";
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return $"{field}: contains a NUL character";
        }

        var bytes = Encoding.UTF8.GetByteCount(path);
        return bytes > MaxPathBytes ? $"{field}: {bytes} bytes, the limit is {MaxPathBytes}" : null;
    }

    private static string? FindConfigFault(string config)
    {
        var bytes = Encoding.UTF8.GetByteCount(config);
        if (bytes > MaxConfigBytes)
        {
            return $"config_json: {bytes} bytes, the limit is {MaxConfigBytes}";
        }

        try
        {
            using var document = JsonDocument.Parse(config);
            return document.RootElement.ValueKind == JsonValueKind.Object ? null : "config_json: is not a JSON object";
        }
        catch (JsonException e)
        {
            return $"config_json: is not JSON (line {e.LineNumber + 1}, column {e.BytePositionInLine + 1})";
        }
    }

    private static string? FindNumberFault(JobSettings job)
    {
        if (Math.Abs((long)job.Priority) > MaxPriority)
        {
            return $"priority: {job.Priority} is not between -{MaxPriority} and {MaxPriority}";
        }

        if (job.MaxAttempts is < 1 or > MaxAttempts)
        {
            return $"max_attempts: {job.MaxAttempts} is not between 1 and {MaxAttempts}";
        }

        if (job.KillGracePeriod < TimeSpan.Zero || job.KillGracePeriod > MaxKillGracePeriod)
        {
            return "kill_grace_period: is not between 0 and 1 day";
        }

        return job.Umask is < 0 or > 511 ? $"umask: {job.Umask} is not between 0 and 511 (0777)" : null;
    }

    private static string? FindRetryFault(RetryPolicy retry)
    {
        if (retry.Retries is < 0 or > MaxRetries)
        {
            return $"retries: {retry.Retries} is not between 0 and {MaxRetries}";
        }

        if (retry.FirstPause < TimeSpan.Zero || retry.LongestPause > MaxPause)
        {
            return "backoff: is not between 0 and 7 days";
        }

        return retry.LongestPause < retry.FirstPause ? "backoff: the longest pause is shorter than the first" : null;
    }

    private static string? FindWatchFault(JobSettings job)
    {
        var watch = job.Watch;
        if (watch.StallAfter is { } after && (after < MinStall || after > MaxStall))
        {
            return $"stall: {EndSentence.Words(after)} is not between 5 seconds and 30 days";
        }

        if (watch.StallSignal is < 0 or > 64)
        {
            return $"stall_signal: {watch.StallSignal} is not a signal";
        }

        if (watch.StallSignal > 0 && watch.OnStall != StallAction.Dump)
        {
            return "stall_signal: goes with on_stall dump only";
        }

        return watch.OnStall == StallAction.Retry && job.Retry.Retries == 0
            ? "on_stall: retry needs retries; say how many (--retries N)"
            : null;
    }

    private static string? FindEnvironmentFault(ReadOnlySpan<byte> environment)
    {
        if (environment.Length > MaxEnvironmentBytes)
        {
            return $"environment: {environment.Length} bytes, the limit is {MaxEnvironmentBytes}";
        }

        if (environment.Length > 0 && environment[^1] != 0)
        {
            return "environment: the last entry is not ended by a NUL byte";
        }

        while (environment.Length > 0)
        {
            var end = environment.IndexOf((byte)0);
            if (environment[..end].IndexOf((byte)'=') < 1)
            {
                return "environment: an entry is not of the form NAME=value";
            }

            environment = environment[(end + 1)..];
        }

        return null;
    }
}
