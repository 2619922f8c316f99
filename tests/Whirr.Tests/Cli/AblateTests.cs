using System.Text.Json;
using System.Text.Json.Nodes;
using Whirr.Cli.Ablations;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class AblateTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await FakeDaemon.StartAsync();
        Directory.CreateDirectory(Path.Combine(_daemon.Place, ".whirr/runs"));
    }

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Each_condition_is_run_with_each_seed()
    {
        await File.WriteAllTextAsync(Path.Combine(_daemon.Place, "prompt.txt"), " be brief\n\n");
        await AskAsync("ablate", "init", "net", "-m", "acc");
        await AskAsync("ablate", "add", "net", "aug=false", "-n", "no-aug");
        await AskAsync("ablate", "add", "net", "prompt=@prompt.txt", "lr=0.1");
        await AskAsync("ablate", "run", "net", "-r", "2", "-s", "40", "--", "python", "train.py", "--seed={{seed}}", "-c", "{{cfg_path}}");
        var jobs = Assert.Single(_daemon.Jobs.Batches).Jobs;
        Assert.Equal(
            ["net-baseline-0", "net-no-aug-0", "net-prompt=@prompt.txt+lr=0.1-0", "net-baseline-1", "net-no-aug-1", "net-prompt=@prompt.txt+lr=0.1-1"],
            jobs.Select(job => job.Name));
        Assert.Equal(["ablate:net", "condition:no-aug", "replicate:1"], jobs[4].Tags);
        Assert.Equal("""{"aug":false,"seed":41}""", jobs[4].ConfigJson);
        Assert.Equal("--seed=41", jobs[4].CommandArgv[2]);
        Assert.Equal("""{"seed":40}""", jobs[0].ConfigJson);
        var config = JsonNode.Parse(await File.ReadAllTextAsync(jobs[2].CommandArgv[4]))!;
        Assert.Equal((" be brief\n\n", 0.1, 40), ((string?)config["prompt"], (double)config["lr"]!, (int)config["seed"]!));
        Assert.Equal(6, jobs.Select(job => job.CommandArgv[4]).Distinct().Count());
        var index = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_daemon.Place, ".whirr/ablations/index.json")))!;
        Assert.Matches("^[0-9a-f]{6}$", (string?)index["net"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task More_replicates_only_add()
    {
        await AskAsync("ablate", "init", "net", "-m", "acc");
        await AskAsync("ablate", "add", "net", "aug=false");
        await AskAsync("ablate", "run", "net", "-r", "1", "--", "train", "{{seed}}");
        Assert.StartsWith("ablate:net: 2 jobs submitted, 2 were there already", await AskAsync("ablate", "run", "net", "-r", "2", "--", "train", "{{seed}}"), StringComparison.Ordinal);
        foreach (var dryRun in new string[][] { ["net", "-n"], ["-n", "net"], ["net", "--dry-run"] })
        {
            var shown = await AskAsync(["ablate", "run", .. dryRun, "-r", "3", "--", "train", "{{seed}}"]);
            Assert.EndsWith("\nnet-baseline-2: train 2\nnet-aug=false-2: train 2\n", shown, StringComparison.Ordinal);
        }

        Assert.Equal(4, _daemon.Jobs.Batches.Sum(batch => batch.Jobs.Count));
    }

    [Fact(Timeout = 30_000)]
    public async Task Conditions_are_ranked_by_what_they_change()
    {
        await AskAsync("ablate", "init", "net", "-m", "acc");
        await AskAsync("ablate", "add", "net", "a=1", "-n", "small");
        await AskAsync("ablate", "add", "net", "b=1", "-n", "big");
        await AskAsync("ablate", "add", "net", "c=1", "-n", "unmeasured");
        Measured("baseline", 0, """{"acc": 0.8}""");
        Measured("baseline", 1, """{"acc": 0.9}""");
        Measured("small", 0, """{"acc": 0.86}""");
        Measured("big", 0, "", """{"acc": 0.1}""" + "\n" + """{"acc": 0.45}""" + "\n");
        Measured("unmeasured", 0, """{"loss": 1}""");
        Measured("big", 1, """{"acc": 100}""", state: JobState.Failed);
        var lines = (await AskAsync("ablate", "rank", "net", "-v")).Split('\n');
        Assert.Equal("net: acc", lines[0]);
        Assert.Matches(@"^baseline +2 +0\.85 +0\.070711 +-$", lines[2]);
        Assert.Matches(@"^big +1 +0\.45 +- +-0\.4$", lines[3]);
        Assert.Matches(@"^small +1 +0\.86 +- +\+0\.01$", lines[4]);
        Assert.Matches(@"^unmeasured +0 +no_metric +- +-$", lines[5]);
        Assert.Equal("baseline: 0.8 0.9", lines[6]);
        using var json = JsonDocument.Parse(await AskAsync("ablate", "rank", "net", "--json"));
        Assert.Equal(-0.4, json.RootElement.GetProperty("conditions")[1].GetProperty("effect").GetDouble(), 12);
    }

    [Fact]
    public void An_effect_needs_a_baseline()
    {
        var rows = AblationRanking.Rank(["baseline", "x"], [new("x", 1.0)]);
        Assert.Equal([null, null], rows.Select(row => row.Effect));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1, "ablate", "init", "new")]
    [InlineData(1, "ablate", "init", "net", "-m", "acc")]
    [InlineData(2, "ablate", "init", "a,b", "-m", "acc")]
    [InlineData(1, "ablate", "add", "net")]
    [InlineData(2, "ablate", "add", "net", "aug")]
    [InlineData(1, "ablate", "add", "net", "x=@/no/such/file")]
    [InlineData(1, "ablate", "add", "net", "x=1", "-n", "baseline")]
    [InlineData(1, "ablate", "add", "other", "x=1")]
    [InlineData(1, "ablate", "run", "net")]
    [InlineData(2, "ablate", "run", "net", "-r", "0", "--", "true")]
    [InlineData(1, "ablate", "rank", "other")]
    [InlineData(2, "ablate", "improve", "net")]
    public async Task What_is_wrong_is_refused(int code, params string[] words)
    {
        await AskAsync("ablate", "init", "net", "-m", "acc");
        using var cli = Cli();
        Assert.Equal(code, await cli.RunAsync(words));
        Assert.NotEmpty(cli.Error);
        Assert.Empty(_daemon.Jobs.Batches);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("[]")]
    [InlineData("{\"net\": \"../../x\"}")]
    [InlineData("{\"net\"")]
    public async Task A_damaged_index_is_told(string content)
    {
        await AskAsync("ablate", "init", "net", "-m", "acc");
        await File.WriteAllTextAsync(Path.Combine(_daemon.Place, ".whirr/ablations/index.json"), content);
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("ablate", "rank", "net"));
        Assert.Contains("damaged", cli.Error, StringComparison.Ordinal);
    }

    private void Measured(string condition, int replicate, string summary, string metrics = "", JobState state = JobState.Completed)
    {
        var run = _daemon.MakeRun($"job-{condition}-{replicate}", change: run =>
        {
            (run.State, run.SummaryJson) = (state, summary);
            run.Tags.Add(["ablate:net", $"condition:{condition}", $"replicate:{replicate}"]);
        });
        run.Write("metrics.jsonl", metrics);
    }

    private async Task<string> AskAsync(params string[] words)
    {
        using var cli = Cli();
        Assert.Equal((0, ""), (await cli.RunAsync(words), cli.Error.Replace("The command does not name {{cfg_path}}: it must read what a condition changes from config.json in $WHIRR_RUN_DIR\n", "", StringComparison.Ordinal)
            .Replace("1 runs are left out: they have not completed, or were run again\n", "", StringComparison.Ordinal)));
        return cli.Output;
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket, Directory = _daemon.Place };
}
