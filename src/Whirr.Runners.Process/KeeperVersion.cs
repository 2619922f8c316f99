using System.Text;
using Whirr.Domain.Ports;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;
using Whirr.Linux.Starting;

namespace Whirr.Runners.Process;

/// <summary>Asks the keeper program which version it is: after an upgrade it may be another one than the daemon's.</summary>
internal sealed class KeeperVersion(ProcessRunnerOptions options, ChildEnds children)
{
    private const int LongestAnswer = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>What it says, e.g. <c>whirr-keeper 0.1.0</c>.</returns>
    /// <exception cref="RunnerException">It cannot be started, or is no keeper.</exception>
    public async Task<string> AskAsync(CancellationToken cancellation)
    {
        var (reading, writing) = Pipe.Create();
        using (reading)
        {
            var program = Start(writing);
            try
            {
                await children.EndOf(program).WaitAsync(Patience, options.Time, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                program.Send(Signal.Kill);
                throw new RunnerException($"{options.KeeperPath} does not answer; is it whirr-keeper?", e);
            }

            var answer = Read(reading);
            return answer.StartsWith("whirr-keeper ", StringComparison.Ordinal)
                ? answer
                : throw new RunnerException($"{options.KeeperPath} does not say which version it is; is it whirr-keeper?");
        }
    }

    private StartedProgram Start(Fd writing)
    {
        try
        {
            using (writing)
            {
                using var nothing = Fd.Open("/dev/null", OpenFlags.ReadWrite);
                return options.Starter.Start(new SpawnRequest
                {
                    Path = options.KeeperPath,
                    Arguments = ["whirr-keeper", "--version"],
                    Descriptors = [(nothing, 0), (writing, 1), (nothing, 2)],
                    NewSession = true,
                });
            }
        }
        catch (LinuxException e)
        {
            throw new RunnerException($"no keeper can be started: {e.Message}; is whirr-keeper installed beside whirrd?", e);
        }
    }

    // It has ended, so all it has to say is in the pipe; a program that is no keeper may have left somebody who holds the other end.
    private static string Read(Fd reading)
    {
        var bytes = new byte[LongestAnswer];
        try
        {
            return Encoding.UTF8.GetString(bytes.AsSpan(0, reading.Read(bytes))).Split('\n')[0];
        }
        catch (LinuxException)
        {
            return "";
        }
    }
}
