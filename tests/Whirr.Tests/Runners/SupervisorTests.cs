using Whirr.Domain.Ports;

namespace Whirr.Tests.Runners;

/// <summary>The program that supervises attempts is asked what it is.</summary>
[Trait("needs", "programs")]
public sealed class SupervisorTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task The_keeper_says_its_version()
    {
        await using var world = new World();
        Assert.Matches(@"^whirr-keeper \d+\.\d+\.\d+$", await world.Runner.DescribeSupervisorAsync(CancellationToken.None));
    }

    [Theory(Timeout = Limit)]
    [InlineData("/no/such/keeper", "no keeper can be started")]
    [InlineData("/usr/bin/true", "does not say which version it is")]
    public async Task A_program_that_is_no_keeper_is_named(string path, string part)
    {
        await using var world = new World();
        world.Options = world.Options with { KeeperPath = path };
        await world.RestartDaemonAsync();
        var fault = await Assert.ThrowsAsync<RunnerException>(() => world.Runner.DescribeSupervisorAsync(CancellationToken.None));
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }
}
