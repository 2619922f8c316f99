using System.Globalization;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;
using Whirr.Linux.Starting;
using Whirr.Notices.Programs;

namespace Whirr.Notices;

/// <summary>Runs a program of the administrator's for each notice: JSON on its standard input, the main facts in its environment.</summary>
/// <remarks>It runs as the daemon's user, so a file that others could change is refused.</remarks>
/// <param name="command">The program and its arguments; null: none is configured. Asked each time, because SIGHUP may change it.</param>
public sealed class CommandChannel(Func<IReadOnlyList<string>?> command) : INoticeChannel
{
    private const int GroupOrOthersWrite = 0b000_010_010;

    /// <summary>Starts it.</summary>
    public IProgramStarter Starter { get; init; } = new ChildStarter();

    /// <summary>How long the program may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public bool IsForPeople => false;

    /// <inheritdoc/>
    public bool Takes(string target) => target == NoticeTargets.Command;

    /// <inheritdoc/>
    public string Describe(string target) => command() is [var path, ..] ? path : "no command (notify_command is not set any more)";

    /// <inheritdoc/>
    public async Task SendAsync(string target, NoticeMessage message, CancellationToken cancellation)
    {
        if (command() is not [var path, ..] argv)
        {
            throw new NoticeException("notify_command is not set any more", isPermanent: true);
        }

        try
        {
            RefuseForeign(path);
            var result = await HookProgram.RunAsync(Starter, argv, EnvironmentOf(message), message.Json, Limit, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            if (result.TimedOut || result.ExitCode != 0)
            {
                throw new NoticeException($"{path} {result.Sentence(Limit)}", isPermanent: false);
            }
        }
        catch (LinuxException e)
        {
            throw new NoticeException($"{path} could not be run: {e.Message}", isPermanent: false, e);
        }
    }

    private static IReadOnlyList<string> EnvironmentOf(NoticeMessage message)
    {
        List<(string, string)> facts =
        [
            ("WHIRR_EVENT", message.Event),
            ("WHIRR_NOTICE_ID", message.Id.ToString(CultureInfo.InvariantCulture)),
            ("WHIRR_SUBJECT", message.Subject),
        ];
        if (message.Job is { } job)
        {
            facts.AddRange(
            [
                ("WHIRR_JOB_ID", job.Id.ToString(CultureInfo.InvariantCulture)),
                ("WHIRR_JOB_NAME", job.Settings.Name),
                ("WHIRR_JOB_OWNER", job.Owner.Name),
                ("WHIRR_JOB_STATE", job.State.ToWord()),
                ("WHIRR_JOB_REASON", job.Reason.ToWord()),
                ("WHIRR_RUN_DIR", job.Attempt?.RunDir ?? ""),
            ]);
        }

        return HookEnvironment.Compose(facts);
    }

    private static void RefuseForeign(string path)
    {
        using var file = Fd.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        var facts = file.Stat();
        if (!facts.IsRegular || (facts.Uid != 0 && facts.Uid != CurrentProcess.EffectiveUid) || (facts.Mode & GroupOrOthersWrite) != 0)
        {
            throw new NoticeException(
                $"{path} was not run: it must be a file of root or of the daemon's user that nobody else may write", isPermanent: false);
        }
    }
}
