using Whirr.Domain.Jobs;

namespace Whirr.Tests.Runners;

/// <summary>What an attempt keeps for the next one.</summary>
[Trait("needs", "programs")]
public sealed class CheckpointTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public async Task What_an_attempt_leaves_in_its_checkpoint_directory_is_there_for_the_next_one()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "cat \"$WHIRR_CHECKPOINT_DIR/state\" 2>/dev/null; echo \"saved by $WHIRR_ATTEMPT\" > \"$WHIRR_CHECKPOINT_DIR/state\"");

        await (await world.StartAsync(job)).Ended;
        await (await world.StartAsync(World.Again(job))).Ended;

        Assert.EndsWith("────\nsaved by 1\n", world.LogOf(job), StringComparison.Ordinal);
        Assert.Equal("saved by 2\n", await File.ReadAllTextAsync($"{world.RunDirOf(job)}/checkpoints/state"));
    }

    [RootFact(Timeout = Limit)]
    public async Task The_checkpoint_directory_is_the_users_own()
    {
        await using var world = new World(systemMode: true);
        var job = world.NewJob(World.Somebody(4712), "sh", "-c", "stat -c %u \"$WHIRR_CHECKPOINT_DIR\" && : > \"$WHIRR_CHECKPOINT_DIR/state\"");

        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended).ExitCode);

        Assert.Equal("4712\n", world.LogOf(job));
    }
}
