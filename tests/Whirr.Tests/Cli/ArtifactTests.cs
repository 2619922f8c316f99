using System.Text.Json;
using Whirr.Cli.Runs;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class ArtifactTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _daemon = await FakeDaemon.StartAsync();
        _run = _daemon.MakeRun("job-7");
        _run.Write("artifacts/model.pt", "weights");
        _run.Write("artifacts/plots/loss.svg", "<svg/>");
        _run.Write("output.log", "log");
    }

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Saved_files_are_listed()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("artifacts", "job-7"));
        var lines = cli.Output.Split('\n');
        Assert.EndsWith("model.pt", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("plots/loss.svg", lines[2], StringComparison.Ordinal);
        Assert.Equal("2 files, 13 B", lines[3]);
    }

    [Fact(Timeout = 30_000)]
    public async Task All_files_are_listed_in_json()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("artifacts", "job-7", "--all", "--json"));
        using var json = JsonDocument.Parse(cli.Output);
        var files = json.RootElement.GetProperty("artifacts").EnumerateArray().ToList();
        Assert.Equal(
            ["artifacts/model.pt", "artifacts/plots/loss.svg", "meta.json", "output.log"],
            files.Select(file => file.GetProperty("path").GetString()));
        Assert.Equal(7, files[0].GetProperty("size").GetInt64());
        Assert.True((DateTimeOffset.UtcNow - files[0].GetProperty("modified").GetDateTimeOffset()).Duration() < TimeSpan.FromHours(1));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("plots/loss.svg", "<svg/>")]
    [InlineData("artifacts/model.pt", "weights")]
    [InlineData("output.log", "log")]
    public async Task A_file_is_got(string name, string content)
    {
        using var piped = Cli();
        Assert.Equal(0, await piped.RunAsync("artifacts", "job-7", "get", name, "-o", "-"));
        Assert.Equal(content, piped.Output);
        using var saved = Cli();
        Assert.Equal(0, await saved.RunAsync("artifacts", "job-7", "get", name));
        var target = Path.Combine(_daemon.Place, Path.GetFileName(name));
        Assert.Equal(content, await File.ReadAllTextAsync(target));

        await File.WriteAllTextAsync(target, "mine");
        using var again = Cli();
        Assert.Equal(1, await again.RunAsync("artifacts", "job-7", "get", name));
        Assert.Equal("mine", await File.ReadAllTextAsync(target));
        using var over = Cli();
        Assert.Equal(0, await over.RunAsync("artifacts", "job-7", "get", name, "-o", target));
        Assert.Equal(content, await File.ReadAllTextAsync(target));
    }

    [Theory]
    [InlineData("../meta.json")]
    [InlineData("plots/../../meta.json")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("%2e%2e/meta.json")]
    [InlineData("%252e%252e%252fmeta.json")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("a%00b")]
    public void A_name_that_leaves_the_directory_is_refused(string name) => Assert.NotNull(ArtifactName.WhyRefused(name));

    [Theory]
    [InlineData("model.pt")]
    [InlineData("a..b/..c")]
    [InlineData("100%.txt")]
    [InlineData("50%25.txt")]
    public void Other_names_are_not(string name) => Assert.Null(ArtifactName.WhyRefused(name));

    [Fact(Timeout = 30_000)]
    public async Task Refused_names_say_why()
    {
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("artifacts", "job-7", "get", "%2e%2e/secret", "-o", "-"));
        Assert.Contains("percent-encoded", cli.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task Links_are_followed_only_within_the_run()
    {
        await File.WriteAllTextAsync(Path.Combine(_daemon.Place, "secret"), "secret");
        var artifacts = Path.Combine(_run.RunDir, "artifacts");
        File.CreateSymbolicLink(Path.Combine(artifacts, "latest"), "model.pt");
        File.CreateSymbolicLink(Path.Combine(artifacts, "out"), Path.Combine(_daemon.Place, "secret"));
        File.CreateSymbolicLink(Path.Combine(artifacts, "up"), "../../../../secret");
        Directory.CreateSymbolicLink(Path.Combine(artifacts, "place"), _daemon.Place);
        using var within = Cli();
        Assert.Equal(0, await within.RunAsync("artifacts", "job-7", "get", "latest", "-o", "-"));
        Assert.Equal("weights", within.Output);
        foreach (var name in new[] { "out", "up", "place/secret" })
        {
            using var cli = Cli();
            Assert.Equal(1, await cli.RunAsync("artifacts", "job-7", "get", name, "-o", "-"));
            Assert.Contains("leads out of the run directory", cli.Error, StringComparison.Ordinal);
            Assert.Empty(cli.Output);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("plots", "no regular file")]
    [InlineData("nothing", "has no file")]
    [InlineData("model.pt/x", "has no file")]
    public async Task What_is_no_file_is_told(string name, string why)
    {
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("artifacts", "job-7", "get", name, "-o", "-"));
        Assert.Contains(why, cli.Error, StringComparison.Ordinal);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket, Directory = _daemon.Place };
}
