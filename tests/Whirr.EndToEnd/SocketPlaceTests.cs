using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>Where the daemon's socket goes, there may be something already.</summary>
[Collection(AloneCollection.Name)]
public sealed class SocketPlaceTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_second_daemon_does_not_take_the_socket_of_a_live_one()
    {
        await using var first = await PrivateDaemon.StartAsync();
        await using var second = PrivateDaemon.Prepare();
        var refused = await Command.RunAsync(
            Programs.Whirrd,
            ["--user", "--config", "/dev/null", "--socket", first.Socket, "--state-dir", Path.Combine(second.Place, "state"), "--runs-dir", Path.Combine(second.Place, "runs")]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("another", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await first.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_in_the_place_of_the_socket_is_left_alone()
    {
        await using var daemon = PrivateDaemon.Prepare();
        await File.WriteAllTextAsync(daemon.Socket, "a thesis");
        Assert.Equal(1, await daemon.RunToEndAsync());
        Assert.Contains("another kind", daemon.Log, StringComparison.Ordinal);
        Assert.Equal("a thesis", await File.ReadAllTextAsync(daemon.Socket));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_keeper_keeps_the_daemon_from_starting()
    {
        await using var daemon = PrivateDaemon.Prepare("--keeper", "/nowhere/whirr-keeper");
        Assert.Equal(1, await daemon.RunToEndAsync());
        Assert.Contains("/nowhere/whirr-keeper", daemon.Log, StringComparison.Ordinal);
    }

    [RootFact(Timeout = 60_000)]
    public async Task A_state_directory_that_others_may_write_to_is_refused()
    {
        await using var daemon = PrivateDaemon.Prepare();
        var state = Directory.CreateDirectory(Path.Combine(daemon.Place, "state")).FullName;
        File.SetUnixFileMode(state, (UnixFileMode)0b111_111_111);
        Assert.Equal(1, await daemon.RunToEndAsync());
        Assert.Contains(state, daemon.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(daemon.Database));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_batch_that_is_too_large_is_refused_and_its_memory_given_back()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "0");
        var line = "/bin/true " + new string('x', 100_000);
        var refused = await daemon.CtlAsync(["submit", "--from", "-"], string.Join('\n', Enumerable.Repeat(line, 1000)));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("smaller", refused.Error, StringComparison.Ordinal);
        Assert.Contains("0 queued", (await daemon.CtlAsync("status")).Output, StringComparison.Ordinal);
        var resident = File.ReadLines($"/proc/{daemon.Pid}/status").First(row => row.StartsWith("VmRSS", StringComparison.Ordinal));
        Assert.True(int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) < 250_000, resident);
    }
}
