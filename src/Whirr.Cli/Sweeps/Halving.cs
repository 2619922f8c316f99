namespace Whirr.Cli.Sweeps;

/// <summary>Successive halving: at some steps the runs are compared, and only the best of them go on.</summary>
/// <remarks>
/// Runs start as slots become free, so nobody waits for all of them to reach a rung (as asynchronous successive halving has it: Li and others, A System
/// for Massively Parallel Hyperparameter Tuning, 2020). A run is compared at the highest rung that it has reached, with all that have reached it, and goes
/// on when it is among the best of them.
/// </remarks>
internal static class Halving
{
    /// <summary>A run in the race.</summary>
    /// <param name="JobId">Its job.</param>
    /// <param name="IsRunning">False: it has ended, or is being ended; it is only compared with.</param>
    /// <param name="AtRungs">The metric at each rung; null where it has not got there.</param>
    public sealed record Racer(long JobId, bool IsRunning, IReadOnlyList<double?> AtRungs);

    /// <summary>A run that is to be ended.</summary>
    /// <param name="JobId">Its job.</param>
    /// <param name="Rung">The rung it was compared at, from 0.</param>
    /// <param name="Value">Its metric there.</param>
    /// <param name="Rank">Its place there, from 1.</param>
    /// <param name="Of">How many have reached that rung.</param>
    public sealed record Loser(long JobId, int Rung, double Value, int Rank, int Of);

    /// <summary>Which running ones are not among the best.</summary>
    /// <param name="racers">All of them, also those that have ended.</param>
    /// <param name="cut">One in so many goes on, rounded up; at least 2.</param>
    /// <param name="isLessBetter">True for a loss. What is no number is worse than any.</param>
    public static IReadOnlyList<Loser> Decide(IReadOnlyList<Racer> racers, int cut, bool isLessBetter)
    {
        var losers = new List<Loser>();
        var rungs = racers.Count == 0 ? 0 : racers.Max(racer => racer.AtRungs.Count);
        for (var rung = 0; rung < rungs; rung++)
        {
            var order = racers
                .Where(racer => racer.AtRungs[rung] is not null)
                .OrderBy(racer => Badness(racer.AtRungs[rung]!.Value, isLessBetter))
                .ThenBy(racer => racer.JobId)
                .ToList();
            var kept = (order.Count + cut - 1) / cut;
            for (var rank = kept; rank < order.Count; rank++)
            {
                var racer = order[rank];
                if (racer.IsRunning && IsHighest(racer, rung))
                {
                    losers.Add(new Loser(racer.JobId, rung, racer.AtRungs[rung]!.Value, rank + 1, order.Count));
                }
            }
        }

        return losers;
    }

    private static bool IsHighest(Racer racer, int rung) => racer.AtRungs.Skip(rung + 1).All(value => value is null);

    private static double Badness(double value, bool isLessBetter) => double.IsNaN(value) ? double.PositiveInfinity : isLessBetter ? value : -value;
}
