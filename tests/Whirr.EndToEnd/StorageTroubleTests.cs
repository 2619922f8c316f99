using System.Security.Cryptography;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>Databases that cannot be used, and disks that are full.</summary>
public sealed class StorageTroubleTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("newer", "schema version 200")]
    [InlineData("garbage", "not a")]
    [InlineData("truncated", "")]
    public async Task A_database_that_cannot_be_used_is_left_as_it_is(string kind, string expected)
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "0");
        await daemon.SubmitScriptAsync("true");
        await daemon.StopAsync();
        await SpoilAsync(daemon.Database, kind);
        var before = Fingerprint(daemon.Database);

        Assert.Equal(1, await daemon.RunToEndAsync());
        Assert.Contains("the database was left as it is", daemon.Log, StringComparison.Ordinal);
        Assert.Contains(daemon.Database, daemon.Log, StringComparison.Ordinal);
        Assert.Contains(expected, daemon.Log, StringComparison.Ordinal);
        Assert.Equal(before, Fingerprint(daemon.Database));
    }

    [RootFact(Timeout = 60_000)]
    public async Task A_full_disk_refuses_submits_in_words_keeps_jobs_alive_and_heals()
    {
        var disk = Directory.CreateTempSubdirectory("whirr-disk-").FullName;
        Assert.Equal(0, (await Command.RunAsync("/bin/mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk])).ExitCode);
        try
        {
            await using var daemon = await PrivateDaemon.StartAsync("--state-dir", Path.Combine(disk, "state"));
            var gate = Path.Combine(daemon.Place, "gate");
            Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
            var running = await daemon.SubmitScriptAsync($"echo $$; cat {gate}; exit 5");
            await Eventually.ContentAsync(Path.Combine(daemon.Place, "runs", $"job-{running}", "output.log"));
            var filler = Path.Combine(disk, "filler");
            await Command.RunAsync("/bin/dd", ["if=/dev/zero", $"of={filler}", "bs=4k"]);

            // What was free inside the files of the database may still take a few.
            var refused = await RefusedAsync(daemon);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("full", refused.Error, StringComparison.Ordinal);
            Assert.Equal(0, (await daemon.CtlAsync("status")).ExitCode);

            File.Delete(filler);
            await File.WriteAllTextAsync(gate, "go\n");
            Assert.Equal(5, (await daemon.CtlAsync("wait", $"{running}")).ExitCode);
            Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
        }
        finally
        {
            Assert.Equal(0, (await Command.RunAsync("/bin/umount", [disk])).ExitCode);
            Directory.Delete(disk);
        }
    }

    private static async Task<CommandResult> RefusedAsync(PrivateDaemon daemon)
    {
        var large = new string('x', 60_000);
        for (var i = 0; i < 200; i++)
        {
            var result = await daemon.CtlAsync("submit", "-q", "-p", "-5", "--", "/bin/true", large);
            if (result.ExitCode != 0)
            {
                return result;
            }
        }

        throw new InvalidOperationException("a full disk took 200 submits of 60 kB");
    }

    private static async Task SpoilAsync(string database, string kind)
    {
        const int UserVersionOffset = 60;
        var bytes = await File.ReadAllBytesAsync(database);
        switch (kind)
        {
            case "newer":
                // The schema version, big endian, in the header of the file (https://sqlite.org/fileformat.html).
                bytes[UserVersionOffset + 3] = 200;
                break;
            case "garbage":
                RandomNumberGenerator.Fill(bytes);
                break;
            case "truncated":
                bytes = bytes[..(bytes.Length / 2)];
                break;
        }

        await File.WriteAllBytesAsync(database, bytes);
    }

    private static string Fingerprint(string database) =>
        string.Join('\n', Directory.EnumerateFiles(Path.GetDirectoryName(database)!).Order()
            .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
            .Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"));
}
