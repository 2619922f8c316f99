using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>A disk of runs that is nearly full, really: a small tmpfs.</summary>
public sealed class LowDiskTests
{
    [RootFact(Timeout = 90_000)]
    public async Task Below_min_free_space_jobs_wait_with_a_reason_and_start_by_themselves_when_there_is_room()
    {
        var disk = Directory.CreateTempSubdirectory("whirr-disk-").FullName;
        Assert.Equal(0, (await Command.RunAsync("/bin/mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", disk])).ExitCode);
        try
        {
            var filler = Path.Combine(disk, "filler");
            Assert.Equal(0, (await Command.RunAsync("/bin/dd", ["if=/dev/zero", $"of={filler}", "bs=1M", "count=62"])).ExitCode);
            await using var daemon = await PrivateDaemon.StartAsync("--runs-dir", Path.Combine(disk, "runs"));
            Assert.Contains("min_free_space", daemon.Log, StringComparison.Ordinal);
            var id = await daemon.SubmitScriptAsync("true");
            var job = await daemon.StatusAsync(id);
            Assert.Equal("queued", job.GetProperty("state").GetString());
            Assert.Contains("must stay free", job.GetProperty("reason_detail").GetString(), StringComparison.Ordinal);

            File.Delete(filler);
            Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
            Assert.Contains("has room again", daemon.Log, StringComparison.Ordinal);
        }
        finally
        {
            Assert.Equal(0, (await Command.RunAsync("/bin/umount", [disk])).ExitCode);
            Directory.Delete(disk);
        }
    }
}
