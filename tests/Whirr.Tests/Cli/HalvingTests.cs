using Whirr.Cli.Failures;
using Whirr.Cli.Sweeps;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class HalvingTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-halving-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void The_better_half_goes_on()
    {
        var losers = Decide(isLessBetter: true, Running(1, 0.5), Running(2, 0.1), Running(3, 0.9), Running(4, 0.2));
        Assert.Equal([(1, 3), (3, 4)], losers.Select(loser => ((int)loser.JobId, loser.Rank)).Order());
        Assert.Equal([2L, 4L], Decide(isLessBetter: false, Running(1, 0.5), Running(2, 0.1), Running(3, 0.9), Running(4, 0.2)).Select(loser => loser.JobId).Order());
    }

    [Fact]
    public void Nobody_is_ended_who_has_nobody_to_be_compared_with()
    {
        Assert.Empty(Decide(isLessBetter: true));
        Assert.Empty(Decide(isLessBetter: true, Running(1, 9.9), Running(2), Running(3)));
    }

    [Fact]
    public void Ended_runs_are_compared_with_and_not_ended_again()
    {
        Assert.Empty(Decide(isLessBetter: true, Ended(1, 0.1), Running(2, 0.2), Ended(3, 0.3)));
        Assert.Empty(Decide(isLessBetter: true, Running(1, 0.1), Ended(2, 0.2), Ended(3, 0.3)));
        Assert.Equal(3, Assert.Single(Decide(isLessBetter: true, Ended(1, 0.1), Ended(2, 0.2), Running(3, 0.3))).JobId);
    }

    [Fact]
    public void A_run_is_compared_at_the_highest_rung_that_it_has_reached()
    {
        // 1 was the worst early and is alone above, where nobody is better.
        var losers = Decide(isLessBetter: true, Running(1, 0.9, 0.1), Running(2, 0.3), Ended(3, 0.5));
        Assert.Empty(losers);
        var late = Assert.Single(Decide(isLessBetter: true, Running(1, 0.1, 0.9), Running(2, 0.2, 0.1)));
        Assert.Equal((1, 1, 0.9, 2, 2), (late.JobId, late.Rung, late.Value, late.Rank, late.Of));
    }

    [Fact]
    public void What_is_no_number_is_worst_in_either_direction()
    {
        Assert.Equal(1, Assert.Single(Decide(isLessBetter: true, Running(1, double.NaN), Running(2, 1e9))).JobId);
        Assert.Equal(1, Assert.Single(Decide(isLessBetter: false, Running(1, double.NaN), Running(2, -1e9))).JobId);
    }

    [Fact]
    public void One_in_so_many_is_kept_rounded_up()
    {
        var racers = Enumerable.Range(1, 7).Select(id => Running(id, id)).ToArray();
        Assert.Equal([4L, 5L, 6L, 7L], Halving.Decide(racers, 3, isLessBetter: true).Select(loser => loser.JobId));
    }

    [Fact]
    public void Rungs_are_read_as_the_run_goes_on()
    {
        var file = Path.Combine(_place, "metrics.jsonl");
        var reader = new RungReader("loss", [10, 20]);
        reader.ReadOn(_place);
        Assert.Equal([null, null], reader.AtRungs);
        File.WriteAllText(file, "{\"step\":9,\"loss\":5}\n{\"step\":11,\"lr\":1}\n{\"step\":12,\"loss\":4}\n{\"step\":1");
        reader.ReadOn(_place);
        Assert.Equal([5.0, null], reader.AtRungs);
        File.AppendAllText(file, "9,\"loss\":3}\n{\"step\":20,\"loss\":\"NaN\"}\n{\"step\":21,\"loss\":1}\n");
        reader.ReadOn(_place);
        Assert.Equal([5.0, double.NaN], reader.AtRungs);
    }

    [Theory]
    [InlineData("val_loss", "10,5", null, "val_loss", true, 2)]
    [InlineData("acc", "5,10,5", "3", "acc", false, 3)]
    [InlineData("score:min", "5, 10", null, "score", true, 2)]
    [InlineData("loss:max", "5,10", null, "loss", false, 2)]
    public void Rules_are_read(string metric, string rungs, string? cut, string name, bool isLessBetter, int one)
    {
        var rules = SweepRace.Rules.Parse(metric, rungs, cut);
        Assert.Equal((name, isLessBetter, one), (rules.Metric, rules.IsLessBetter, rules.Cut));
        Assert.Equal([5.0, 10.0], rules.Rungs);
    }

    [Theory]
    [InlineData("loss", null, null)]
    [InlineData("loss", "5,x", null)]
    [InlineData(":min", "5", null)]
    [InlineData("loss", "5", "1")]
    public void Rules_that_are_none_are_refused(string metric, string? rungs, string? cut) =>
        Assert.Equal(FailureKind.Usage, Assert.Throws<CommandFailure>(() => SweepRace.Rules.Parse(metric, rungs, cut)).Kind);

    [Fact(Timeout = 30_000)]
    public async Task A_sweep_ends_the_runs_that_fall_behind()
    {
        await using var daemon = await FakeDaemon.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(daemon.Place, "s.yaml"), "program: p\nparameters: {lr: [1, 2]}\n");
        using var cli = new CommandLine { Socket = daemon.Socket, Directory = daemon.Place };
        var run = cli.RunAsync("sweep", "s.yaml", "--halving", "loss", "--rungs", "10");
        await daemon.Jobs.ListCalls.WaitAsync();
        for (var id = 1; id <= 2; id++)
        {
            while (daemon.Jobs.Batches.Count == 0)
            {
                await daemon.Jobs.ListCalls.WaitAsync();
            }

            var dir = Directory.CreateDirectory(Path.Combine(daemon.Place, $"job-{id}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(dir, "metrics.jsonl"), $"{{\"step\":10,\"loss\":0.{id}}}\n");
            daemon.Jobs.Change(id, job => (job.State, job.RunDir) = (JobState.Running, dir));
        }

        while (daemon.Jobs.Cancelled.Count == 0)
        {
            await daemon.Jobs.ListCalls.WaitAsync();
        }

        Assert.Equal([2L], daemon.Jobs.Cancelled[0].Ids);
        daemon.Jobs.Change(2, job => job.State = JobState.Cancelled);
        daemon.Jobs.Change(1, job => job.State = JobState.Completed);
        Assert.Equal(0, await run);
        Assert.Contains("Ending job 2: loss 0.2 at step 10 is place 2 of 2", cli.Error, StringComparison.Ordinal);
    }

    private static Halving.Racer Running(long id, params double[] at) => new(id, true, Padded(at));

    private static Halving.Racer Ended(long id, params double[] at) => new(id, false, Padded(at));

    private static double?[] Padded(double[] at) => [.. Enumerable.Range(0, 2).Select(rung => rung < at.Length ? at[rung] : (double?)null)];

    private static IReadOnlyList<Halving.Loser> Decide(bool isLessBetter, params Halving.Racer[] racers) => Halving.Decide(racers, 2, isLessBetter);
}
