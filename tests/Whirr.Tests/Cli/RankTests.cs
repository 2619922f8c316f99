using System.Text.Json;

namespace Whirr.Tests.Cli;

/// <summary>Runs of several processes, each with a file of metrics of its own.</summary>
public sealed class RankTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-ranks-").FullName;

    public RankTests()
    {
        Write("a", "metrics.jsonl", 0.5);
        Write("a", "metrics.rank1.jsonl", 0.6);
        Write("a", "metrics.rank2.jsonl", 0.7);
        Write("a", "metrics.pid4711.jsonl", 0.8);
        Write("b", "metrics.jsonl", 0.1);
    }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task Export_says_whose_rows_they_are()
    {
        await RunAsync("export", "./a", "./b", "m.csv", "--metrics");
        Assert.Equal(
            ["run_id,rank,process,idx,time,step,metric,value", "a,0,,0,,0,loss,0.5", "a,1,,0,,0,loss,0.6", "a,2,,0,,0,loss,0.7", "a,,4711,0,,0,loss,0.8", "b,0,,0,,0,loss,0.1"],
            await File.ReadAllLinesAsync(Path.Combine(_place, "m.csv")));
        await RunAsync("export", "./a", "m.jsonl", "--metrics");
        Assert.Equal(
            [(0, null), (1, null), (2, null), (null, 4711)],
            (await File.ReadAllLinesAsync(Path.Combine(_place, "m.jsonl"))).Select(line => (Number(line, "rank"), Number(line, "process"))));
    }

    [Fact]
    public async Task Export_of_runs_without_others_has_no_such_columns()
    {
        await RunAsync("export", "./b", "m.csv", "--metrics");
        Assert.Equal(["run_id,idx,time,step,metric,value", "b,0,,0,loss,0.1"], await File.ReadAllLinesAsync(Path.Combine(_place, "m.csv")));
    }

    [Fact]
    public async Task Compare_takes_rank_0_unless_another_is_named()
    {
        Assert.Contains("a,a,completed,0.5,0.5\n", await RunAsync("compare", "./a", "./b", "--csv"), StringComparison.Ordinal);
        Assert.Equal("run_id,name,state,loss.last,loss.best\na,a,completed,0.7,0.7\nb,b,completed,,\n", await RunAsync("compare", "./a", "./b", "--csv", "--rank", "2"));
    }

    [Fact]
    public async Task Plot_takes_rank_0_unless_another_is_named()
    {
        Assert.Equal("[[0,0.5]]", await PointsAsync());
        Assert.Equal("[[0,0.5]]", await PointsAsync("--rank", "0"));
        Assert.Equal("[[0,0.7]]", await PointsAsync("--rank", "2"));
    }

    [Theory]
    [InlineData(1, "no run has metrics of rank 3. There are those of rank 0, 1, 2.", "compare", "./a", "./b", "--rank", "3")]
    [InlineData(1, "no run has metrics of rank 3. There are those of rank 0, 1, 2.", "plot", "./a", "./b", "-m", "loss", "--rank", "3")]
    [InlineData(2, "--rank takes", "compare", "./a", "./b", "--rank", "-1")]
    [InlineData(2, "--rank takes", "plot", "./a", "-m", "loss", "--rank", "-1")]
    public async Task A_rank_that_is_not_there_is_told(int code, string message, params string[] words)
    {
        using var cli = new CommandLine { Directory = _place };
        Assert.Equal(code, await cli.RunAsync(words));
        Assert.Contains(message, cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_names_the_others_and_what_they_measured()
    {
        var page = await RunAsync("show", "./a");
        Assert.Contains("2 more ranks (1, 2) with loss; `plot --rank N` shows one of them\n", page, StringComparison.Ordinal);
        Assert.Contains("1 more process (4711) with loss\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("more", await RunAsync("show", "./b"), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await RunAsync("show", "./a", "--json"));
        Assert.Equal(
            """[{"file":"metrics.rank1.jsonl","rank":1,"process":null,"metrics":["loss"]},{"file":"metrics.rank2.jsonl","rank":2,"process":null,"metrics":["loss"]},{"file":"metrics.pid4711.jsonl","rank":null,"process":4711,"metrics":["loss"]}]""",
            json.RootElement.GetProperty("other_metrics").GetRawText());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_of_metrics_that_is_a_link_is_not_followed()
    {
        File.Delete(Path.Combine(_place, "b/metrics.jsonl"));
        File.CreateSymbolicLink(Path.Combine(_place, "b/metrics.jsonl"), Path.Combine(_place, "a/metrics.jsonl"));
        using var cli = new CommandLine { Directory = _place };
        Assert.Equal(1, await cli.RunAsync("compare", "./a", "./b"));
        Assert.Contains("b/metrics.jsonl", cli.Error, StringComparison.Ordinal);
    }

    private async Task<string> PointsAsync(params string[] more)
    {
        using var json = JsonDocument.Parse(await RunAsync(["plot", "./a", "-m", "loss", "--json", .. more]));
        return json.RootElement.GetProperty("lines")[0].GetProperty("points").GetRawText();
    }

    private async Task<string> RunAsync(params string[] words)
    {
        using var cli = new CommandLine { Directory = _place };
        Assert.Equal((0, ""), (await cli.RunAsync(words), cli.Error.StartsWith("Wrote", StringComparison.Ordinal) ? "" : cli.Error));
        return cli.Output;
    }

    private static int? Number(string line, string name)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;
    }

    private void Write(string run, string file, double loss)
    {
        Directory.CreateDirectory(Path.Combine(_place, run));
        File.WriteAllText(Path.Combine(_place, run, "meta.json"), """{"status": "completed"}""");
        File.WriteAllText(Path.Combine(_place, run, file), $$"""{"_idx": 0, "step": 0, "loss": {{loss}}}""" + "\n");
    }
}
