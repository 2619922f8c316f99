using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using System.Xml.Linq;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

/// <summary>compare, plot and export over real run directories, without a daemon.</summary>
public sealed class ReadingRunsTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-reading-").FullName;

    public ReadingRunsTests()
    {
        Make("a", """{"lr": 0.1, "seed": 1, "model": {"name": "resnet"}}""", [0.9, 0.2, 0.3], [0.1, 0.5, 0.4]);
        Make("b", """{"lr": 0.1, "seed": 2, "model": {"name": "resnet"}}""", [0.8, 0.4, 0.1], [0.2, 0.3, 0.45]);
        Make("c", """{"lr": 0.01, "seed": 1, "model": {"name": "resnet"}}""", [0.7, double.NaN, 0.5], []);
    }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task Compare_shows_what_differs_and_marks_the_best()
    {
        var lines = (await RunAsync("compare", "./a", "./b", "./c")).Split('\n');
        Assert.Contains(lines, line => Words(line) is ["config.lr", "0.1", "0.1", "0.01"]);
        Assert.Contains(lines, line => Words(line) is ["config.seed", "1", "2", "1"]);
        Assert.DoesNotContain(lines, line => line.Contains("model", StringComparison.Ordinal));
        Assert.Contains(lines, line => Words(line) is ["loss.last", "0.3", "0.1", "0.5"]);
        Assert.Contains(lines, line => Words(line) is ["loss.best", "0.2", "0.1*", "0.5"]);
        Assert.Contains(lines, line => Words(line) is ["acc.best", "0.5*", "0.45", "-"]);
        Assert.Contains(lines, line => Words(line) is ["summary.final", "3", "3", "3"]);
        Assert.Contains("config.model.name", await RunAsync("compare", "./a", "./b", "--all-config"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_of_many_runs_has_a_line_for_each()
    {
        for (var i = 0; i < 8; i++)
        {
            Make($"run{i}", $$"""{"lr": {{i}}}""", [1.0 / (i + 1)], []);
        }

        var lines = (await RunAsync(["compare", .. Enumerable.Range(0, 8).Select(i => $"./run{i}")])).TrimEnd('\n').Split('\n');
        Assert.Equal(["RUN", "NAME", "STATE", "config.lr", "summary.final", "loss.last", "loss.best"], Words(lines[0]));
        Assert.Equal(9, lines.Length);
        Assert.EndsWith("0.125*", lines[8], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_groups_runs_by_a_field()
    {
        var lines = (await RunAsync("compare", "./a", "./b", "./c", "--group", "config.lr", "-m", "loss")).Split('\n');
        Assert.Equal(["config.lr", "RUNS", "loss"], Words(lines[0]));
        Assert.Equal(["0.1", "2", "0.2", "±", "0.141"], Words(lines[1]));
        Assert.Equal(["0.01", "1", "0.5"], Words(lines[2]));
        var csv = (await RunAsync("compare", "./a", "./b", "./c", "--group", "lr", "-m", "loss", "--csv")).Split('\n');
        Assert.Equal("lr,runs,loss.mean,loss.std", csv[0]);
        Assert.Equal("0.01,1,0.5,", csv[2]);
    }

    [Fact]
    public async Task Compare_in_json_has_an_element_for_each_run()
    {
        var json = JsonDocument.Parse(await RunAsync("compare", "./a", "./b", "./c", "--json", "--group", "lr")).RootElement;
        Assert.Equal(["a", "b", "c"], json.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("run_id").GetString()));
        Assert.Equal("[0.1,0.1,0.01]", json.GetProperty("config").GetProperty("lr").GetRawText());
        var loss = json.GetProperty("metrics").GetProperty("loss");
        Assert.Equal(("min", "b", "[0.2,0.1,0.5]"), (loss.GetProperty("goal").GetString(), loss.GetProperty("best_run").GetString(), loss.GetProperty("best").GetRawText()));
        Assert.Equal("[0.4,0.45,null]", json.GetProperty("metrics").GetProperty("acc").GetProperty("last").GetRawText());
        Assert.Equal(2, json.GetProperty("groups")[0].GetProperty("metrics").GetProperty("loss").GetProperty("count").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("groups")[1].GetProperty("metrics").GetProperty("loss").GetProperty("std").ValueKind);
    }

    [Theory]
    [InlineData(2, "at least two", "compare", "./a")]
    [InlineData(2, "at least two", "compare")]
    [InlineData(2, "same run", "compare", "./a", "./a/")]
    [InlineData(1, "has a metric", "compare", "./a", "./b", "-m", "nope")]
    [InlineData(1, "configuration", "compare", "./a", "./b", "--group", "config.nope")]
    [InlineData(1, "no directory", "compare", "./a", "./nope")]
    [InlineData(2, "which metric", "plot", "./a")]
    [InlineData(1, "acc, loss", "plot", "./a", "-m", "nope")]
    [InlineData(1, "in one row", "plot", "./a", "-m", "loss", "-x", "nope")]
    [InlineData(2, "whole numbers", "plot", "./a", "-m", "loss", "--width", "-1")]
    [InlineData(2, "pixels", "plot", "./a", "-m", "loss", "--width", "100000", "--png", "x.png")]
    [InlineData(2, "--follow", "plot", "./a", "-m", "loss", "--follow", "--png", "x.png")]
    [InlineData(1, "cannot be written", "plot", "./a", "-m", "loss", "--png", "/no/such/x.png")]
    [InlineData(2, "ends in", "export", "./a", "runs.xlsx")]
    [InlineData(2, "whole number", "export", "./a", "runs.csv", "--limit", "0")]
    [InlineData(2, "no state", "export", "./a", "runs.csv", "--status", "nope")]
    [InlineData(1, "cannot be written", "export", "./a", "/no/such/runs.csv")]
    [InlineData(3, "no whirrd", "export", "runs.csv")]
    public async Task Bad_input_is_told_in_a_sentence(int code, string message, params string[] words)
    {
        using var cli = Cli();
        Assert.Equal(code, await cli.RunAsync(words));
        Assert.Contains(message, cli.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Output);
    }

    [Fact]
    public async Task Plot_draws_axes_ticks_and_a_legend()
    {
        var text = await RunAsync("plot", "./a", "./b", "-m", "loss", "--width", "60", "--height", "12");
        var lines = text.Split('\n');
        Assert.Equal("loss", lines[0]);
        Assert.Contains(lines, line => line.Contains('┤', StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains('└', StringComparison.Ordinal));
        Assert.Contains("━━ a", text, StringComparison.Ordinal);
        Assert.Contains("━━ b", text, StringComparison.Ordinal);
        Assert.Contains(text, c => c is > '\u2800' and <= '\u28ff');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 60));
    }

    [Theory]
    [InlineData("--log-y")]
    [InlineData("-x", "time")]
    [InlineData("-x", "acc")]
    [InlineData("--smooth", "2")]
    [InlineData("-m", "acc")]
    public async Task Plot_in_plain_ascii_has_nothing_else(params string[] more)
    {
        var text = await RunAsync(["plot", "./a", "-m", "loss", "--ascii", .. more]);
        Assert.Contains('*', text);
        Assert.All(text, c => Assert.True(c is '\n' or (>= ' ' and <= '~'), $"{(int)c}"));
    }

    [Fact]
    public async Task Plot_writes_pictures()
    {
        await RunAsync("plot", "./a", "./b", "-m", "loss", "--svg", "x.svg", "--png", "x.png");
        var svg = XDocument.Load(Path.Combine(_place, "x.svg"));
        Assert.Contains(svg.Descendants(), element => element.Name.LocalName == "text" && element.Value == "b");
        var png = File.ReadAllBytes(Path.Combine(_place, "x.png"));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        Assert.Equal((0x03, 0xE8), (png[18], png[19]));
    }

    [Fact]
    public async Task The_line_of_an_svg_goes_through_the_points()
    {
        await RunAsync("plot", "./c", "./a", "-m", "loss", "--svg", "x.svg", "--width", "1000", "--height", "600");
        var paths = XDocument.Load(Path.Combine(_place, "x.svg")).Descendants().Where(element => element.Name.LocalName == "path").ToList();
        var lines = paths.Where(path => (string?)path.Attribute("stroke-linecap") == "round").ToList();

        // c has 0.7 at step 0, nothing at 1 and 0.5 at 2: two points that are not connected. a has 0.9, 0.2 and 0.3, which are the axis's ends.
        Assert.Equal(["#0072b2", "#0072b2", "#e69f00"], lines.Select(line => (string?)line.Attribute("stroke")));
        var axes = Points(paths.Single(path => (string?)path.Attribute("stroke") == "#444"));
        var (left, right, top, bottom) = (axes[0].X, axes[2].X, axes[0].Y, axes[1].Y);
        Assert.Equal([At(0, 0.7)], Points(lines[0]));
        Assert.Equal([At(1, 0.5)], Points(lines[1]));
        Assert.Equal([At(0, 0.9), At(0.5, 0.2), At(1, 0.3)], Points(lines[2]));

        (double X, double Y) At(double step, double loss) => (
            Math.Round(left + (step * (right - left)), 1, MidpointRounding.AwayFromZero),
            Math.Round(bottom - ((loss - 0.2) / 0.7 * (bottom - top)), 1, MidpointRounding.AwayFromZero));
    }

    [Fact]
    public async Task Names_of_others_are_harmless_in_every_picture()
    {
        Directory.CreateDirectory(Path.Combine(_place, "evil"));
        File.WriteAllText(Path.Combine(_place, "evil/meta.json"), """{"name": "<script>\u001b[31m\n&\"", "run_id": "evil"}""");
        File.WriteAllText(Path.Combine(_place, "evil/metrics.jsonl"), """{"step": 1, "a\"<\u001b\n": 1e308}""" + "\n" + """{"step": 1e308, "a\"<\u001b\n": -1e308}""" + "\n");
        var text = await RunAsync("plot", "./evil", "-m", "a\"<\u001b\n", "--svg", "x.svg", "--png", "x.png");
        XDocument.Load(Path.Combine(_place, "x.svg"));
        Assert.Empty(text);
        Assert.DoesNotContain('\u001b', await RunAsync("plot", "./evil", "-m", "a\"<\u001b\n"));
        Assert.DoesNotContain('\u001b', await RunAsync("compare", "./evil", "./a"));
    }

    [Fact]
    public async Task Plot_in_json_has_the_points()
    {
        var json = JsonDocument.Parse(await RunAsync("plot", "./c", "-m", "loss", "--json")).RootElement;
        Assert.Equal("""[[0,0.7],[1,"NaN"],[2,0.5]]""", json.GetProperty("lines")[0].GetProperty("points").GetRawText());
    }

    [Fact]
    public async Task Plot_finds_metrics_of_the_machine_and_of_other_ranks()
    {
        File.WriteAllText(Path.Combine(_place, "a/system.jsonl"), """{"_timestamp": "2026-01-31T00:00:00Z", "cpu_percent": 50}""" + "\n");
        File.WriteAllText(Path.Combine(_place, "a/metrics.rank1.jsonl"), """{"step": 1, "rank_loss": 2}""" + "\n");
        Assert.Contains("cpu_percent", await RunAsync("plot", "./a", "-m", "cpu_percent", "-m", "rank_loss"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_writes_a_run_a_line()
    {
        await RunAsync("export", "./a", "./b", "runs.csv");
        var lines = File.ReadAllLines(Path.Combine(_place, "runs.csv"));
        Assert.Equal("id,name,status,started_at,finished_at,duration_s,exit_code,tags,config.lr,config.seed,config.model.name,summary.final", lines[0]);
        Assert.Equal("a,a,completed,2026-01-31T00:00:00.000Z,2026-01-31T00:01:00.500Z,60.5,0,\"x,y\",0.1,1,resnet,3", lines[1]);
        await RunAsync("export", "./a", "./b", "runs.json");
        var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_place, "runs.json"))).RootElement;
        Assert.Equal(0.1, json[1].GetProperty("config").GetProperty("lr").GetDouble());
        await RunAsync("export", "./a", "runs.jsonl", "-s", "completed", "-t", "x");
        var line = JsonDocument.Parse(File.ReadAllLines(Path.Combine(_place, "runs.jsonl"))[0]).RootElement;
        Assert.Equal(("resnet", 60.5), (line.GetProperty("config.model.name").GetString(), line.GetProperty("duration_s").GetDouble()));
        await RunAsync("export", "./a", "none.json", "-s", "failed");
        Assert.Equal("[]\n", File.ReadAllText(Path.Combine(_place, "none.json")));
    }

    [Fact]
    public async Task Export_writes_metrics_a_value_a_line()
    {
        await RunAsync("export", "./c", "./a", "m.jsonl", "--metrics");
        var lines = File.ReadAllLines(Path.Combine(_place, "m.jsonl"));
        Assert.Equal(3 + 6, lines.Length);
        Assert.Equal("""{"run_id":"c","idx":0,"time":"2026-01-31T00:00:00.123Z","step":0,"metric":"loss","value":0.7}""", lines[0]);
        Assert.Equal("""{"run_id":"c","idx":1,"time":"2026-01-31T00:00:01.123Z","step":1,"metric":"loss","value":null}""", lines[1]);
        await RunAsync("export", "./c", "m.csv", "--metrics");
        Assert.Equal(["run_id,idx,time,step,metric,value", "c,0,2026-01-31T00:00:00.123Z,0,loss,0.7", "c,1,2026-01-31T00:00:01.123Z,1,loss,NaN"], File.ReadAllLines(Path.Combine(_place, "m.csv"))[..3]);
        await RunAsync("export", "./c", "m.json", "--metrics");
        Assert.Equal(3, JsonDocument.Parse(File.ReadAllText(Path.Combine(_place, "m.json"))).RootElement.GetArrayLength());
    }

    [Fact(Timeout = 30_000)]
    public async Task Export_asks_the_daemon_for_runs_page_by_page()
    {
        await using var daemon = await FakeDaemon.StartAsync();
        daemon.Runs.All.AddRange(Enumerable.Range(0, 1_200).Select(i => new Run { RunId = $"job-{i}", State = JobState.Failed }));
        using var cli = new CommandLine { Socket = daemon.Socket, Directory = _place };
        Assert.Equal(0, await cli.RunAsync("export", "all.csv", "-l", "1100", "-s", "failed", "-t", "x", "--json"));
        Assert.Equal(1_101, File.ReadAllLines(Path.Combine(_place, "all.csv")).Length);
        Assert.Equal(2, daemon.Runs.Listed.Count);
        Assert.Equal((JobState.Failed, "x"), (daemon.Runs.Listed[1].States[0], daemon.Runs.Listed[1].Tags[0]));
        Assert.Equal(1_100, JsonDocument.Parse(cli.Output).RootElement.GetProperty("runs").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task Following_a_plot_ends_with_ctrl_c()
    {
        using var cli = Cli();
        var running = cli.RunAsync("plot", "./a", "-m", "loss", "--follow");
        await cli.InterruptAsync();
        Assert.Equal(0, await running);
    }

    [Fact(Timeout = 60_000)]
    public async Task Following_a_plot_draws_what_is_added_to_the_file()
    {
        using var pages = new Pages();
        using var cli = new CommandLine { Directory = _place, OutputStream = pages };
        var running = cli.RunAsync("plot", "./a", "-m", "loss", "--follow", "--width", "60", "--height", "12");
        Assert.DoesNotContain("1000", await pages.NextAsync(), StringComparison.Ordinal);

        await File.AppendAllTextAsync(Path.Combine(_place, "a/metrics.jsonl"), """{"step": 1000, "loss": 0""");
        await File.AppendAllTextAsync(Path.Combine(_place, "a/metrics.jsonl"), ".5}\n");

        // The row may have been seen in the middle of its number.
        while (!(await pages.NextAsync()).Contains("1000", StringComparison.Ordinal))
        {
        }

        await cli.InterruptAsync();
        Assert.Equal(0, await running);
    }

    private sealed class Pages : MemoryStream
    {
        private readonly Channel<string> _written = Channel.CreateUnbounded<string>();

        public ValueTask<string> NextAsync() => _written.Reader.ReadAsync();

        public override void Write(ReadOnlySpan<byte> buffer) => _written.Writer.TryWrite(Encoding.UTF8.GetString(buffer));
    }

    /// <summary>The corners of a path of moves and lines.</summary>
    private static List<(double X, double Y)> Points(XElement path)
    {
        var points = new List<(double X, double Y)>();
        foreach (Match step in Regex.Matches((string)path.Attribute("d")!, "([MLHVh])([^MLHVh]*)"))
        {
            var numbers = step.Groups[2].Value.Split(' ').Select(double.Parse).ToArray();
            switch (step.Groups[1].Value)
            {
                case "H": points.Add((numbers[0], points[^1].Y)); break;
                case "V": points.Add((points[^1].X, numbers[0])); break;
                case "h": break;
                default: points.Add((numbers[0], numbers[1])); break;
            }
        }

        return points;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private async Task<string> RunAsync(params string[] words)
    {
        using var cli = Cli();
        Assert.Equal((0, ""), (await cli.RunAsync(words), cli.Error.StartsWith("Wrote", StringComparison.Ordinal) ? "" : cli.Error));
        return cli.Output;
    }

    private CommandLine Cli() => new() { Directory = _place };

    private void Make(string id, string config, double[] loss, double[] acc)
    {
        var dir = Directory.CreateDirectory(Path.Combine(_place, id)).FullName;
        File.WriteAllText(
            Path.Combine(dir, "meta.json"),
            $$"""{"run_id": "{{id}}", "name": "{{id}}", "status": "completed", "exit_code": 0, "tags": ["x", "y"], "summary": {"final": 3}, "started_at": "2026-01-31T00:00:00.000Z", "finished_at": "2026-01-31T00:01:00.500Z"}""");
        File.WriteAllText(Path.Combine(dir, "config.json"), config);
        var metrics = new StringBuilder();
        for (var i = 0; i < loss.Length; i++)
        {
            metrics.Append($$"""{"_idx": {{i}}, "_timestamp": "2026-01-31T00:00:0{{i}}.123Z", "step": {{i}}""");
            metrics.Append(i < acc.Length ? $", \"acc\": {acc[i]}" : "").Append(double.IsNaN(loss[i]) ? ", \"loss\": \"NaN\"}\n" : $", \"loss\": {loss[i]}}}\n");
        }

        File.WriteAllText(Path.Combine(dir, "metrics.jsonl"), metrics.ToString());
    }
}
