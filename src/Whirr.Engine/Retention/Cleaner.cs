using Microsoft.Extensions.Logging;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Retention;

/// <summary>Removes ended jobs, with their run directories where that is asked for.</summary>
/// <remarks>
/// The directory goes first and the record after it: a record without a directory is still a record, a directory without one would be
/// forgotten. What cannot be removed keeps its record. Pages are small, so that submits and claims get their turn in between.
/// </remarks>
public sealed partial class Cleaner(IJobArchive archive, IRunDirectories runs, JobChanges changes, ILogger<Cleaner> log) : IDisposable
{
    private const int PageSize = 500;

    /// <summary>Two orders at once would count the same directory twice.</summary>
    private readonly SemaphoreSlim _one = new(1);

    public async Task<CleanResult> RunAsync(CleanOrder order, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await RunAloneAsync(order, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<CleanResult> RunAloneAsync(CleanOrder order, CancellationToken cancellation)
    {
        var gone = new List<long>();
        var problems = new List<string>();
        long directories = 0, bytes = 0;
        EndedCursor? after = null;
        while (true)
        {
            var page = await archive.ListEndedAsync(order.Filter with { Limit = PageSize, After = after }, cancellation).ConfigureAwait(false);
            if (page.Count == 0)
            {
                break;
            }

            after = new EndedCursor(page[^1].FinishedAt!.Value, page[^1].Id);
            var removable = new List<long>();
            foreach (var job in page.Where(job => order.Ids.Count == 0 || order.Ids.Contains(job.Id)))
            {
                if (!order.RemoveRuns)
                {
                    removable.Add(job.Id);
                    continue;
                }

                var removal = await runs.RemoveAsync(job, order.DryRun, cancellation).ConfigureAwait(false);
                if (removal.Problem is { } problem && problems.Count < CleanResult.MaxProblems)
                {
                    problems.Add($"job {job.Id}: {problem}");
                }

                if (removal is { Existed: true, Problem: not null })
                {
                    continue;
                }

                directories += removal.Existed ? 1 : 0;
                bytes += removal.Bytes;
                removable.Add(job.Id);
            }

            gone.AddRange(order.DryRun ? removable : await ForgetAsync(removable, cancellation).ConfigureAwait(false));
        }

        if (!order.DryRun && gone.Count > 0)
        {
            LogCleaned(gone.Count, directories, bytes);
        }

        return new CleanResult(gone, directories, bytes, problems);
    }

    private async Task<IReadOnlyList<long>> ForgetAsync(IReadOnlyList<long> ids, CancellationToken cancellation)
    {
        var removed = ids.Count == 0 ? ids : await archive.RemoveEndedAsync(ids, cancellation).ConfigureAwait(false);
        changes.PublishAll(removed);
        return removed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Jobs} ended jobs were removed, with {Directories} run directories of {Bytes} bytes")]
    private partial void LogCleaned(int jobs, long directories, long bytes);
}
