using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Whirr.Tests.Cli;

/// <summary><c>tag</c> and <c>note</c>, which change the record of a run.</summary>
public sealed class RecordTests : IAsyncLifetime
{
    private const string Meta = """{"run_id": "job-7", "tags": ["a", "b"], "of_another": {"x": [1, 2.50]}, "status": "completed"}""";

    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Tags_are_added_and_taken_away_and_all_else_stays()
    {
        var run = _daemon.MakeRun("job-7", Meta);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("tag", "job-7", "+best", "-a", "paper,b"));
        Assert.Equal("job-7: best, paper, b\n", cli.Output);
        var meta = JsonNode.Parse(run.Read("meta.json"))!;
        Assert.Equal(["best", "paper", "b"], meta["tags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Equal("""{"x": [1, 2.50]}""", meta["of_another"]!.ToJsonString(new JsonSerializerOptions { WriteIndented = false }).Replace(",", ", ").Replace(":", ": "));
        Assert.Equal(["meta.json"], Directory.EnumerateFileSystemEntries(run.RunDir).Select(Path.GetFileName));
    }

    [Fact(Timeout = 30_000)]
    public async Task Tags_of_a_run_are_shown()
    {
        _daemon.MakeRun("job-7", Meta, run => run.Tags.AddRange(["a", "b"]));
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("tag", "job-7", "--json"));
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal(["a", "b"], json.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("tag", "job-7", "+")]
    [InlineData("tag", "job-7", "a\nb")]
    [InlineData("tag", "job-7", "--yes")]
    [InlineData("tag")]
    public async Task What_is_no_tag_is_refused(params string[] words)
    {
        var run = _daemon.MakeRun("job-7", Meta);
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync(words));
        Assert.Equal(Meta, run.Read("meta.json"));
    }

    [Fact(Timeout = 30_000)]
    public async Task There_is_an_end_to_tags()
    {
        var run = _daemon.MakeRun("job-7", Meta);
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync(["tag", "job-7", .. Enumerable.Range(0, 63).Select(number => $"t{number}")]));
        Assert.Equal(Meta, run.Read("meta.json"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_note_is_written_shown_and_removed()
    {
        var run = _daemon.MakeRun("job-7", Meta);
        using var cli = new CommandLine { Socket = _daemon.Socket, Input = "line one\nline two\n\n" };
        Assert.Equal(0, await cli.RunAsync("note", "job-7", "-"));
        Assert.Equal("line one\nline two", (string?)JsonNode.Parse(run.Read("meta.json"))!["note"]);
        run.Note = "line one\nred \u001b[31m";
        using var shown = Cli();
        Assert.Equal(0, await shown.RunAsync("note", "job-7"));
        Assert.Equal("job-7: line one\nred \\x1b[31m\n", shown.Output);
        using var removed = Cli();
        Assert.Equal(0, await removed.RunAsync("note", "job-7", ""));
        Assert.Null(JsonNode.Parse(run.Read("meta.json"))!["note"]);
        Assert.NotNull(JsonNode.Parse(run.Read("meta.json"))!["of_another"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{\"run_id\": \"jo")]
    [InlineData("[]")]
    public async Task A_damaged_record_is_left_as_it_is(string meta)
    {
        var run = _daemon.MakeRun("job-7", meta);
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("note", "job-7", "x"));
        Assert.Contains("damaged", cli.Error, StringComparison.Ordinal);
        Assert.Equal(meta, run.Read("meta.json"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_record_of_a_later_format_is_told_of_and_keeps_what_nobody_here_knows()
    {
        var run = _daemon.MakeRun("job-7", """{"format_version": 7, "novel": true}""");
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("note", "job-7", "x"));
        Assert.Contains("format 7", cli.Error, StringComparison.Ordinal);
        Assert.True((bool)JsonNode.Parse(run.Read("meta.json"))!["novel"]!);
    }

    [Fact(Timeout = 30_000)]
    public async Task Links_are_not_followed()
    {
        var run = _daemon.MakeRun("job-7");
        var victim = Path.Combine(_daemon.Place, "victim");
        await File.WriteAllTextAsync(victim, Meta);
        File.Delete(Path.Combine(run.RunDir, "meta.json"));
        File.CreateSymbolicLink(Path.Combine(run.RunDir, "meta.json"), victim);
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("note", "job-7", "x"));
        Assert.Equal(Meta, await File.ReadAllTextAsync(victim));

        var link = Path.Combine(_daemon.Place, "link");
        Directory.CreateSymbolicLink(link, run.RunDir);
        run.RunDir = link;
        using var again = Cli();
        Assert.Equal(1, await again.RunAsync("note", "job-7", "x"));
    }

    [RootFact(Timeout = 30_000)]
    public async Task The_record_of_another_user_is_not_changed()
    {
        var run = _daemon.MakeRun("job-7", Meta);
        using var chown = Process.Start("chown", ["-R", "65534", run.RunDir]);
        await chown.WaitForExitAsync();
        foreach (var words in new string[][] { ["note", "job-7", "x"], ["tag", "job-7", "x"], ["rm", "job-7", "--yes"] })
        {
            using var cli = Cli();
            Assert.Equal(1, await cli.RunAsync(words));
            Assert.Contains("belongs to nobody", cli.Error, StringComparison.Ordinal);
        }

        Assert.Equal(Meta, run.Read("meta.json"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Writers_take_turns()
    {
        var run = _daemon.MakeRun("job-7", Meta);
        using var holder = Process.Start(new ProcessStartInfo("flock", [run.RunDir, "sh", "-c", "echo held; read line"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        await holder.StandardOutput.ReadLineAsync();
        using var late = Cli();
        Assert.Equal(1, await late.RunAsync("note", "job-7", "x"));
        Assert.Contains("somebody else", late.Error, StringComparison.Ordinal);
        Assert.Equal(Meta, run.Read("meta.json"));
        await holder.StandardInput.WriteLineAsync();
        await holder.WaitForExitAsync();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("note", "job-7", "x"));
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}
