using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Processes;

namespace Whirr.Runners.Process;

/// <summary>Removes run directories through <c>whirr-keeper remove</c>, which takes the identity of the owner.</summary>
internal sealed class RunRemover(ProcessRunnerOptions options, LaunchSpecs specs, KeeperPrograms programs, ChildEnds children)
{
    private const int MaxReportBytes = 64 * 1024;

    // A large tree on a slow file server. What is removed by then is removed; the next try goes on.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public async Task<RunRemoval> RunAsync(Job job, bool measureOnly, CancellationToken cancellation)
    {
        var spec = specs.ForRemoval(job);
        try
        {
            var (remover, report) = programs.Remove(spec, job.Settings.Uid, measureOnly);
            using (report)
            {
                var ended = children.EndOf(remover);
                try
                {
                    await ended.WaitAsync(Patience, options.Time, cancellation).ConfigureAwait(false);
                }
                catch (Exception e) when (e is TimeoutException or OperationCanceledException)
                {
                    remover.Send(Signal.Kill);
                    await ended.ConfigureAwait(false);
                    cancellation.ThrowIfCancellationRequested();
                    return new RunRemoval(true, 0, $"{spec.RunDir} is not wholly removed: it took longer than {Patience.TotalMinutes:0} minutes");
                }

                var buffer = new byte[MaxReportBytes];
                var count = report.Read(buffer);
                var told = RemovalReport.Decode(buffer.AsSpan(0, Math.Max(count, 0)));
                return new RunRemoval(told.Existed, told.Bytes, told.Problem);
            }
        }
        catch (Exception e) when (e is LinuxException or RunnerException or KeeperContractException)
        {
            return new RunRemoval(true, 0, $"{spec.RunDir} is not removed: {e.Message}");
        }
    }
}
