using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>No room for the end of a job, and no right to write at all.</summary>
public sealed class FullDiskTests
{
    [RootFact(Timeout = 60_000)]
    public async Task A_job_that_ends_on_a_full_disk_has_its_result_when_there_is_room_again()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var daemon = await PrivateDaemon.StartAsync("--state-dir", Path.Combine(disk.Place, "state"));
        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        var id = await daemon.SubmitScriptAsync($"echo $$; cat {gate}; exit 5");
        var pid = int.Parse(await Eventually.ContentAsync(Path.Combine(daemon.Place, "runs", $"job-{id}", "output.log")));

        // Nobody but the keeper knows the end, and it has no room to write it down.
        await daemon.KillAsync();
        await disk.FillAsync();
        await File.WriteAllTextAsync(gate, "go\n");
        await Eventually.GoneAsync(pid);
        Assert.False(File.Exists(Path.Combine(disk.Place, "state", "daemon", "attempts", $"{id}-1", "exit.json")));
        disk.Free();
        await daemon.StartAgainAsync();
        Assert.Equal(5, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        var job = await daemon.StatusAsync(id);
        Assert.Equal("exit_code", job.GetProperty("reason").GetString());
        Assert.Equal(1, job.GetProperty("attempt").GetInt32());
    }

    [RootFact(Timeout = 60_000)]
    public async Task A_daemon_that_is_there_takes_the_end_of_a_job_on_a_full_disk_and_writes_it_down_later()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var daemon = await PrivateDaemon.StartAsync("--state-dir", Path.Combine(disk.Place, "state"));
        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        var id = await daemon.SubmitScriptAsync($"echo $$; cat {gate}; exit 5");
        var pid = int.Parse(await Eventually.ContentAsync(Path.Combine(daemon.Place, "runs", $"job-{id}", "output.log")));
        await disk.FillAsync();
        await File.WriteAllTextAsync(gate, "go\n");
        await Eventually.GoneAsync(pid);
        disk.Free();
        Assert.Equal(5, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal(1, (await daemon.StatusAsync(id)).GetProperty("attempt").GetInt32());
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
    }

    [RootFact(Timeout = 60_000)]
    public async Task A_read_only_state_directory_is_refused_in_words_and_nothing_is_lost()
    {
        await using var disk = await SmallDisk.MountAsync();
        var state = Path.Combine(disk.Place, "state");
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "0", "--state-dir", state);
        var id = await daemon.SubmitScriptAsync("true");
        await daemon.KillAsync();
        Assert.Equal(0, (await Command.RunAsync("/bin/mount", ["-o", "remount,ro", disk.Place])).ExitCode);
        Assert.Equal(1, await daemon.RunToEndAsync());
        Assert.Contains("ead-only", daemon.Log, StringComparison.Ordinal);
        Assert.Contains(state, daemon.Log, StringComparison.Ordinal);

        Assert.Equal(0, (await Command.RunAsync("/bin/mount", ["-o", "remount,rw", disk.Place])).ExitCode);
        await daemon.StartAgainAsync();
        Assert.Equal("queued", await daemon.StateAsync(id));
    }
}
