using System.Diagnostics;
using System.Reflection;

namespace Whirr.Tests.Cli;

/// <summary>A process has one current directory, so these run whirrctl as a process of its own, from a shell that is somewhere odd.</summary>
public sealed class CurrentDirectoryTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-cli-").FullName;

    [Theory(Timeout = 60_000)]
    [InlineData("submit true")]
    [InlineData("init")]
    public async Task A_directory_that_was_removed_is_named_as_the_reason(string words)
    {
        var (code, error) = await RunAsync("mkdir gone && cd gone && rmdir ../gone", words);
        Assert.Equal(1, code);
        Assert.StartsWith("whirrctl: the current directory is not there any more", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("submit true", 1)]
    [InlineData("init", 1)]
    [InlineData("init \"$PWD\"", 2)]
    [InlineData("submit -C \"$PWD\" true", 2)]
    public async Task A_directory_that_is_not_utf8_is_refused_and_no_other_one_is_made(string words, int expected)
    {
        var (code, error) = await RunAsync(@"d=$(printf 'caf\351') && mkdir ""$d"" && cd ""$d""", words);
        Assert.Equal(expected, code);
        Assert.Contains("only UTF-8 can be sent", error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_place));
    }

    public void Dispose()
    {
        // Names that are not UTF-8 cannot be deleted from here.
        using var remove = Process.Start("rm", ["-r", _place]);
        remove.WaitForExit();
    }

    private async Task<(int Code, string Error)> RunAsync(string before, string words)
    {
        var start = new ProcessStartInfo("sh", ["-c", $"cd \"$PLACE\" && {before} && exec dotnet exec --runtimeconfig \"$TESTS.runtimeconfig.json\" --depsfile \"$TESTS.deps.json\" \"$WHIRRCTL\" {words}"])
        {
            RedirectStandardError = true,
        };
        start.Environment["PLACE"] = _place;
        start.Environment["WHIRRCTL"] = Assembly.Load("whirrctl").Location;

        // whirrctl is built to be published with a runtime of its own; here it borrows that of the tests.
        start.Environment["TESTS"] = Path.ChangeExtension(typeof(CurrentDirectoryTests).Assembly.Location, null);
        start.Environment["WHIRR_SOCKET"] = "/no/such/socket";
        using var shell = Process.Start(start)!;
        var error = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, error);
    }
}
