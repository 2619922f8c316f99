using System.Text;
using Whirr.Keeper.Anchor;
using Whirr.Keeper.Exec;
using Whirr.Keeper.Keep;
using Whirr.Keeper.Remove;
using Whirr.Keeper.Stamp;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper;

/// <summary>The program <c>whirr-keeper</c>. It is started by whirrd and by itself, never by people.</summary>
/// <remarks>
/// Everything runs on the main thread, without a thread pool and without System.Console: a keeper sleeps in poll(2) for the whole life of
/// a job, and one start of it is part of the cost of every job.
/// </remarks>
internal static class Program
{
    private const int UsageError = 2;
    private const int Failed = 1;

    public static int Main(string[] args)
    {
        try
        {
            return args switch
            {
                [KeeperProtocol.KeepVerb, var attemptDirectory] => KeepCommand.Run(attemptDirectory),
                [KeeperProtocol.ExecVerb, var keeperPid, var placement] => ExecCommand.Run(int.Parse(keeperPid), placement == ExecCommand.Placed),
                [KeeperProtocol.StampVerb] => StampCommand.Run(),
                [KeeperProtocol.RemoveVerb, var jobUid] => RemoveCommand.Run(jobUid, measureOnly: false),
                [KeeperProtocol.RemoveVerb, var jobUid, KeeperProtocol.MeasureOnly] => RemoveCommand.Run(jobUid, measureOnly: true),
                ["anchor", AnchorCommand.Blocked, var socket] => AnchorCommand.Run(socket),
                ["anchor", var socket] => AnchorCommand.Block(socket),
                ["--version"] => Say(1, $"whirr-keeper {typeof(Program).Assembly.GetName().Version?.ToString(3)}", 0),
                _ => Say(2, "whirr-keeper is started by whirrd; see whirrd(8)", UsageError),
            };
        }
        catch (Exception e) when (e is LinuxException or KeeperContractException or FormatException)
        {
            return Say(2, $"whirr-keeper: {e.Message}", Failed);
        }
    }

    private static int Say(int fd, string line, int exitCode)
    {
        using var output = new Fd(fd);
        output.WriteAll(Encoding.UTF8.GetBytes($"{line}\n"));
        return exitCode;
    }
}
