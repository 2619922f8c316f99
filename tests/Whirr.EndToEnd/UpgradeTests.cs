using System.Runtime.CompilerServices;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>A daemon that finds the database of an older one.</summary>
public sealed class UpgradeTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_database_of_an_earlier_version_is_migrated_with_a_backup_beside_it_and_its_queue_goes_on(int version)
    {
        await using var daemon = PrivateDaemon.Prepare("--slots", "1");
        Directory.CreateDirectory(Path.GetDirectoryName(daemon.Database)!);
        File.Copy(Fixture(version), daemon.Database);
        await daemon.StartAgainAsync();

        Assert.Contains($"was brought from schema version {version}", daemon.Log, StringComparison.Ordinal);
        Assert.Contains($"{daemon.Database}.v{version}.backup", daemon.Log, StringComparison.Ordinal);
        Assert.True(File.Exists($"{daemon.Database}.v{version}.backup"));
        Assert.Equal("completed", await daemon.StateAsync(1));
        await daemon.CtlAsync("resume");
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
    }

    private static string Fixture(int version, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "fixtures", "databases", $"schema-{version:0000}.db");
}
