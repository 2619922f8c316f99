using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Sweeps;

/// <summary>Ends the runs of a sweep that fall behind.</summary>
/// <param name="session">Has the daemon.</param>
/// <param name="rules">What they are compared by.</param>
internal sealed class SweepRace(Session session, SweepRace.Rules rules)
{
    private readonly Dictionary<long, RungReader> _readers = [];

    /// <summary>What runs are compared by.</summary>
    /// <param name="Metric">The metric.</param>
    /// <param name="IsLessBetter">True for a loss.</param>
    /// <param name="Rungs">Steps at which they are compared, ascending.</param>
    /// <param name="Cut">One in so many goes on.</param>
    public sealed record Rules(string Metric, bool IsLessBetter, IReadOnlyList<double> Rungs, int Cut)
    {
        /// <summary>Reads <c>val_loss</c> or <c>score:min</c>, and <c>100,300,900</c>.</summary>
        /// <exception cref="CommandFailure">They are something else.</exception>
        public static Rules Parse(string metric, string? rungs, string? cut)
        {
            var (name, isLessBetter) = metric switch
            {
                [.. var less, ':', 'm', 'i', 'n'] => (less, true),
                [.. var more, ':', 'm', 'a', 'x'] => (more, false),
                _ => (metric, MetricGoal.IsLessBetter(metric)),
            };
            var steps = (rungs ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var step)
                    ? step
                    : throw CommandFailure.Usage($"--rungs takes steps like 100,300,900, not {SafeText.Quote(text)}."))
                .Distinct().Order().ToList();
            return name.Length == 0 || steps.Count == 0 ? throw CommandFailure.Usage("--halving takes a metric, and --rungs the steps at which it is compared.")
                : int.TryParse(cut ?? "2", NumberStyles.None, CultureInfo.InvariantCulture, out var one) && one is >= 2 and <= 1_000
                    ? new Rules(name, isLessBetter, steps, one)
                    : throw CommandFailure.Usage($"--cut takes a whole number from 2 to 1000, not {SafeText.Quote(cut ?? "")}.");
        }
    }

    /// <summary>Looks at all runs once, and ends those that are behind.</summary>
    public async Task RunOnceAsync(IReadOnlyList<Job> jobs)
    {
        var racers = jobs.Where(job => job.RunDir.Length > 0).Select(job =>
        {
            if (!_readers.TryGetValue(job.Id, out var reader))
            {
                _readers[job.Id] = reader = new RungReader(rules.Metric, rules.Rungs);
            }

            reader.ReadOn(job.RunDir);
            return new Halving.Racer(job.Id, job.State == JobState.Running && job.CancelRequestedAt is null, reader.AtRungs);
        }).ToList();
        var losers = Halving.Decide(racers, rules.Cut, rules.IsLessBetter);
        foreach (var some in losers.Chunk(JobIds.MostAtOnce))
        {
            var request = new CancelRequest();
            request.Ids.AddRange(some.Select(loser => loser.JobId));
            await session.Daemon.AskAsync(call => session.Daemon.Jobs.CancelAsync(request, call));
            foreach (var loser in some)
            {
                session.Note($"Ending job {loser.JobId}: {SafeText.Escape(rules.Metric)} {ValueText.Short(loser.Value)} at step {rules.Rungs[loser.Rung]:0.##} "
                    + $"is place {loser.Rank} of {loser.Of}");
            }
        }
    }
}
