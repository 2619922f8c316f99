using System.Runtime.CompilerServices;
using Whirr.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Whirr.EndToEnd;

/// <summary>A short run of <c>make torture</c>, always with the same decisions.</summary>
[Collection(AloneCollection.Name)]
public sealed class TortureTests(ITestOutputHelper output)
{
    private const int Seed = 2026;

    [RootFact(Timeout = 400_000)]
    public async Task Forty_seconds_of_random_faults_lose_nothing_run_nothing_twice_and_leave_nothing_behind()
    {
        using var torture = Command.Start(
            Program(), ["--programs", Path.GetDirectoryName(Programs.Whirrd)!, "--seconds", "40", "--seed", $"{Seed}"]);
        torture.StandardInput.Close();
        var error = torture.StandardError.ReadToEndAsync();
        var said = await torture.StandardOutput.ReadToEndAsync();
        await torture.WaitForExitAsync();
        output.WriteLine(said);
        Assert.True(torture.ExitCode == 0, said + await error);
        Assert.Contains("0 lost, 0 twice, 0 left behind, 0 wrong reasons", said, StringComparison.Ordinal);
    }

    /// <summary>Built with this project, in the same configuration.</summary>
    private static string Program([CallerFilePath] string here = "")
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "Whirr.Torture", "bin", configuration, "net10.0", "whirr-torture"));
    }
}
