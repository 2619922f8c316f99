using System.Runtime.CompilerServices;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>A daemon that finds the database of an older one.</summary>
public sealed class UpgradeTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_database_of_the_first_version_is_migrated_with_a_backup_beside_it_and_its_queue_goes_on()
    {
        await using var daemon = PrivateDaemon.Prepare("--slots", "1");
        Directory.CreateDirectory(Path.GetDirectoryName(daemon.Database)!);
        File.Copy(Fixture(), daemon.Database);
        await daemon.StartAgainAsync();

        Assert.Contains("was brought from schema version 1", daemon.Log, StringComparison.Ordinal);
        Assert.Contains(daemon.Database + ".v1.backup", daemon.Log, StringComparison.Ordinal);
        Assert.True(File.Exists(daemon.Database + ".v1.backup"));
        Assert.Equal("completed", await daemon.StateAsync(1));
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
    }

    private static string Fixture([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "fixtures", "databases", "schema-0001.db");
}
