using Google.Protobuf.Collections;
using Whirr.Domain.Jobs;

namespace Whirr.Protocol.Mapping;

/// <summary>What a daemon fills in where a submit leaves a choice to it.</summary>
/// <param name="KillGracePeriod">Time between SIGTERM and SIGKILL.</param>
/// <param name="OnLost">What becomes of a job whose attempt is lost.</param>
/// <param name="OnDaemonLoss">What becomes of a running job when the daemon goes away.</param>
/// <param name="MaxAttempts">How often a job may be started.</param>
public sealed record SubmitDefaults(TimeSpan KillGracePeriod, OnLost OnLost, OnDaemonLoss OnDaemonLoss, int MaxAttempts);

/// <summary>What a client asks to run, as settings of the domain.</summary>
public static class SpecWire
{
    private const int MaxNameCharacters = 120;

    /// <exception cref="FormatException">A field cannot be read; the message names it.</exception>
    public static JobSettings ToSettings(this V1.JobSpec spec, SubmitDefaults defaults) => new()
    {
        Uid = ReadUid(spec.Uid),
        ClientJobId = spec.ClientJobId.Length > 0 ? spec.ClientJobId : null,
        Name = spec.Name.Length > 0 ? spec.Name : NameOf(spec.CommandArgv),
        Tags = [.. spec.Tags],
        Priority = spec.Priority,
        CommandArgv = [.. spec.CommandArgv],
        Workdir = spec.Workdir,
        ConfigJson = spec.ConfigJson.Length > 0 ? spec.ConfigJson : "{}",
        RunsDir = spec.RunsDir.Length > 0 ? spec.RunsDir : null,
        Umask = spec.HasUmask ? checked((int)spec.Umask) : 0b000_010_010,
        KillGracePeriod = spec.KillGracePeriod?.ToTimeSpan() ?? defaults.KillGracePeriod,
        OnLost = spec.OnLost switch
        {
            V1.OnLost.Unspecified => defaults.OnLost,
            V1.OnLost.Requeue => OnLost.Requeue,
            V1.OnLost.Stop => OnLost.Stop,
            _ => throw new FormatException($"on_lost: {spec.OnLost} is not a choice of this daemon"),
        },
        OnDaemonLoss = spec.OnDaemonLoss switch
        {
            V1.OnDaemonLoss.Unspecified => defaults.OnDaemonLoss,
            V1.OnDaemonLoss.Keep => OnDaemonLoss.Keep,
            V1.OnDaemonLoss.Kill => OnDaemonLoss.Kill,
            _ => throw new FormatException($"on_daemon_loss: {spec.OnDaemonLoss} is not a choice of this daemon"),
        },
        MaxAttempts = spec.MaxAttempts == 0 ? defaults.MaxAttempts : (int)Math.Min(spec.MaxAttempts, int.MaxValue),
        Limits = spec.Limits.ToDomain(),
        Retry = spec.Retry.ToDomain(),
        Watch = spec.Watch.ToDomain(),
        Notices = spec.Notices.ToDomain(),
    };

    /// <summary>A UUID, or a new one of version 7 for an empty text.</summary>
    /// <exception cref="FormatException">It is not a UUID.</exception>
    public static Guid ReadUid(string text) =>
        text.Length == 0 ? Guid.CreateVersion7()
        : Guid.TryParseExact(text, "D", out var uid) && uid != Guid.Empty ? uid
        : throw new FormatException($"uid: \"{text}\" is not a UUID of 36 characters");

    /// <summary>A name for people from a command: the script behind an interpreter, else the program.</summary>
    private static string NameOf(RepeatedField<string> argv)
    {
        if (argv.Count == 0)
        {
            return "";
        }

        var script = argv.Skip(1).FirstOrDefault(argument => argument.EndsWith(".py", StringComparison.Ordinal) || argument.EndsWith(".sh", StringComparison.Ordinal));
        var path = script ?? argv[0];
        var last = path[(path.LastIndexOf('/') + 1)..];
        var printable = string.Concat((last.Length > 0 ? last : path).Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(MaxNameCharacters));
        return printable.Length > 0 ? printable : "job";
    }
}
