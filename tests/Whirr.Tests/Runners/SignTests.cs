using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.KeeperContract;

namespace Whirr.Tests.Runners;

/// <summary>What keepers tell while their jobs run.</summary>
[Trait("needs", "programs")]
[Collection("cgroups")]
public sealed class SignTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public Task A_keeper_that_is_asked_says_that_it_lives_and_what_its_job_uses() => AnswersAsync(null);

    [CgroupFact(Timeout = Limit)]
    public Task A_keeper_with_a_cgroup_says_the_same() => AnswersAsync(CgroupFactAttribute.Location.Root);

    [Fact(Timeout = Limit)]
    public async Task What_was_told_before_anybody_listened_is_told_to_the_first_who_does()
    {
        await using var world = new World();
        var job = world.NewJob("true") with { State = JobState.Running };
        using var keeper = new SilentKeeper(world.AttemptDirOf(job));
        var attempt = await world.Runner.AdoptAsync(job, CancellationToken.None);
        keeper.Say(new KeeperMessage.Stalled("no output for 30m"));
        keeper.Say(new KeeperMessage.Resumed());
        keeper.Say(new KeeperMessage.Stalled("no output for 40m"));
        keeper.Say(new KeeperMessage.Started(1, "/r", DateTimeOffset.UnixEpoch, 77) { AnswersPing = true });
        Assert.Equal(77, (await attempt.Started).LogOffset);

        var signs = new Signs(attempt);

        Assert.Equal(new AttemptSign.Stalled("no output for 30m"), await signs.NextAsync());
        Assert.Equal(new AttemptSign.Resumed(), await signs.NextAsync());
        Assert.Equal(new AttemptSign.Stalled("no output for 40m"), await signs.NextAsync());
        await keeper.DieAsync(attempt);
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_of_the_first_release_that_cannot_answer_lives_for_as_long_as_it_holds_its_lock()
    {
        await using var world = new World();
        var job = world.NewJob("true") with { State = JobState.Running };
        using var keeper = new SilentKeeper(world.AttemptDirOf(job));
        var attempt = await world.Runner.AdoptAsync(job, CancellationToken.None);
        keeper.Say(new KeeperMessage.Started(1, "/r", DateTimeOffset.UnixEpoch));
        await attempt.Started;
        var signs = new Signs(attempt);

        attempt.Ping();

        Assert.Equal(new AttemptSign.Alive(default, 0, 0), await signs.NextAsync());
        await keeper.DieAsync(attempt);
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_does_not_answer_is_asked_once()
    {
        await using var world = new World();
        var job = world.NewJob("true") with { State = JobState.Running };
        using var keeper = new SilentKeeper(world.AttemptDirOf(job));
        var attempt = await world.Runner.AdoptAsync(job, CancellationToken.None);
        keeper.Say(new KeeperMessage.Started(1, "/r", DateTimeOffset.UnixEpoch) { AnswersPing = true });
        await attempt.Started;
        for (var i = 0; i < 10_000; i++)
        {
            attempt.Ping();
        }

        attempt.Cancel(TimeSpan.FromDays(1));

        Assert.Equal(86_400_000, (await keeper.HeardAsync<KeeperMessage.Cancel>()).GraceMilliseconds);
        await keeper.DieAsync(attempt);
    }

    private static async Task AnswersAsync(string? cgroupRoot)
    {
        await using var world = new World(cgroupRoot: cgroupRoot);
        var job = world.NewJob("bash", "-c", "for i in $(seq 200000); do :; done; sleep 1000 & sleep 1000 & echo ready; wait");
        var attempt = await world.StartAsync(job);
        var signs = new Signs(attempt);
        await world.LogOnceStartedAsync(attempt, job, "ready");

        attempt.Ping();
        var first = Assert.IsType<AttemptSign.Alive>(await signs.NextAsync());
        attempt.Ping();
        await signs.NextAsync();

        Assert.Equal(3, first.Processes);
        Assert.InRange(first.MemoryBytes, 1 << 20, 1 << 30);
        Assert.InRange(first.Usage.CpuTime, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(30));
        attempt.Cancel(TimeSpan.Zero);
        await attempt.Ended;
    }

    /// <summary>The signs of an attempt, one after the other.</summary>
    private sealed class Signs
    {
        private readonly System.Threading.Channels.Channel<AttemptSign> _heard = System.Threading.Channels.Channel.CreateUnbounded<AttemptSign>();

        public Signs(IAttempt attempt) => attempt.Signed += sign => _heard.Writer.TryWrite(sign);

        public ValueTask<AttemptSign> NextAsync() => _heard.Reader.ReadAsync();
    }
}
