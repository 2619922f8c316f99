using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class ShowTests : IAsyncLifetime
{
    private const string Meta = """
        {"run_id": "job-7", "command_argv": ["python", "train.py", "--lr", "0.1"], "workdir": "/work dir", "python": {"version": "3.11.4"},
         "git_info": {"commit": "0123456789abcdef0123", "branch": "main", "dirty": true, "diff_file": "git.diff"},
         "usage": {"max_rss_bytes": 1610612736}, "novel": 1}
        """;

    private FakeDaemon _daemon = null!;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _daemon = await FakeDaemon.StartAsync();
        _run = _daemon.MakeRun("job-7", Meta, run =>
        {
            (run.Name, run.State, run.Reason, run.ReasonDetail, run.ExitCode) = ("lr\u001b[31m", JobState.Failed, "exit_code", "the command exited with code 3", 3);
            run.StartedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(20_000));
            run.FinishedAt = run.StartedAt + Duration.FromTimeSpan(TimeSpan.FromSeconds(332));
            run.JobId = 7;
            (run.Note, run.Hostname, run.Owner, run.GitCommit, run.GitDirty) = ("one\ntwo", "gpu1", "alice", "0123456789abcdef0123", true);
            run.Tags.AddRange(["a", "b"]);
            (run.ConfigJson, run.SummaryJson) = ("""{"lr":0.1,"layers":[64,64]}""", """{"acc":0.931284719}""");
        });
        _run.Write("metrics.jsonl", string.Concat(Enumerable.Range(0, 100).Select(step => $"{{\"_idx\":{step},\"step\":{step},\"loss\":{100 - step},\"acc\":0.5}}\n")) + "{\"step\":1");
        _run.Write("git.diff", "--- a\n+++ b\n\t\u001b[31mx\n");
        _run.Write("artifacts/model.pt", "weights");
    }

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_run_is_told_on_one_page()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("show", "job-7"));
        foreach (var part in new[]
        {
            @"Run job-7  lr\x1b[31m", "Status:       failed\n", "the command exited with code 3 (exit_code)", "Exit code:    3\n", "a, b", "one\n                two\n",
            "(ran 5m 32s)", "python train.py --lr 0.1", "/work dir", "gpu1, as alice", "3.11.4", "0123456789ab on main, with changes (--diff shows them)", "1.5 GiB",
            "1 file, 7 B", "\nConfig\n  lr      0.1\n  layers  [64,64]\n", "\nSummary\n  acc  0.931284719\n", "(100 rows)\n",
            """
              {"_idx":98,"step":98,"loss":2,"acc":0.5}
              {"_idx":99,"step":99,"loss":1,"acc":0.5}
            """,
        })
        {
            Assert.Contains(part, cli.Output, StringComparison.Ordinal);
        }

        Assert.Matches(@"\nloss +█[▁-█]{30}▁ +1 +1 +100\n", cli.Output);
        Assert.Matches(@"\nacc +▄{32} +0\.5 +0\.5 +0\.5\n", cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_last_alerts_are_shown_without_what_is_none()
    {
        _run.Write("alerts.jsonl", "torn\n{\"_timestamp\":\"2026-01-31T23:59:59.123Z\",\"title\":\"loss\\u001b[31m\",\"text\":\"a\\nb\",\"level\":\"error\"}\n{\"title\":\"two\"}\n{\"title\":\"to");
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("show", "job-7"));
        Assert.EndsWith("\nLast alerts\n  2026-01-31T23:59:59.123Z  error: loss\\x1b[31m: a\\nb\n  warn: two\n", cli.Output, StringComparison.Ordinal);

        using var json = Cli();
        Assert.Equal(0, await json.RunAsync("show", "job-7", "--json"));
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(["loss\u001b[31m", "two"], document.RootElement.GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("title").GetString()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_has_all_of_it()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("show", "7", "--json"));
        using var json = JsonDocument.Parse(cli.Output);
        var run = json.RootElement;
        Assert.Equal((1, 100L), (run.GetProperty("meta").GetProperty("novel").GetInt32(), run.GetProperty("rows").GetInt64()));
        var loss = run.GetProperty("metrics")[0];
        Assert.Equal(("loss", 1.0, 1.0, 100.0), (loss.GetProperty("name").GetString(), loss.GetProperty("last").GetDouble(), loss.GetProperty("min").GetDouble(), loss.GetProperty("max").GetDouble()));
        Assert.Equal(3, run.GetProperty("last_metrics").GetArrayLength());
        Assert.Equal("--- a\n+++ b\n\t\u001b[31mx\n", run.GetProperty("diff").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task The_diff_goes_to_a_program_as_it_is_and_to_a_terminal_made_safe()
    {
        using var piped = Cli();
        Assert.Equal(0, await piped.RunAsync("show", "job-7", "--diff"));
        Assert.Equal("--- a\n+++ b\n\t\u001b[31mx\n", piped.Output);
        using var seen = new CommandLine { Socket = _daemon.Socket, Columns = 80 };
        Assert.Equal(0, await seen.RunAsync("show", "job-7", "--diff"));
        Assert.Equal("--- a\n+++ b\n\t\\x1b[31mx\n", seen.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_damaged_is_told_and_the_rest_is_shown()
    {
        _run.Write("meta.json", "{\"run_id\": \"jo");
        _run.Write("metrics.jsonl", "{\"loss\":1}\nrubbish\n{\"loss\":NaN}\n");
        File.Delete(Path.Combine(_run.RunDir, "git.diff"));
        File.CreateSymbolicLink(Path.Combine(_run.RunDir, "git.diff"), "/etc/hostname");
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("show", "job-7"));
        Assert.Contains("Problem:      meta.json is damaged", cli.Output, StringComparison.Ordinal);
        Assert.Contains("1 line of metrics.jsonl cannot be read", cli.Output, StringComparison.Ordinal);
        Assert.Contains("the diff cannot be read", cli.Output, StringComparison.Ordinal);
        Assert.Matches(@"\nloss +▄?.? +NaN +1 +1\n", cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_large_file_of_metrics_is_read_once_and_then_only_what_is_new()
    {
        var row = $$"""{"step":1,"loss":3,"x":"{{new string('x', 1000)}}"}""" + "\n";
        var path = _run.Write("metrics.jsonl", string.Concat(Enumerable.Repeat(row, 5_000)));
        using var first = Cli();
        first.Variables["XDG_CACHE_HOME"] = Path.Combine(_daemon.Place, "cache");
        Assert.Equal(0, await first.RunAsync("show", "job-7"));
        Assert.Single(Directory.GetFiles(Path.Combine(_daemon.Place, "cache/whirr"), "*.outline"));

        // What was read before is not read again: a number in the middle is changed, and nobody sees it.
        await using (var file = File.OpenWrite(path))
        {
            file.Position = (row.Length * 2_500L) + row.IndexOf('3');
            file.WriteByte((byte)'9');
        }

        await File.AppendAllTextAsync(path, "{\"step\":2,\"loss\":1}\n");
        using var second = Cli();
        second.Variables["XDG_CACHE_HOME"] = Path.Combine(_daemon.Place, "cache");
        Assert.Equal(0, await second.RunAsync("show", "job-7"));
        Assert.Matches(@"\nloss +\S+ +1 +1 +3\n", second.Output);
        Assert.Contains("(5001 rows)", second.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_run_whose_directory_is_gone_still_has_its_record()
    {
        Directory.Delete(_run.RunDir, recursive: true);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("show", "job-7"));
        Assert.Contains("cannot be read: no such file", cli.Output, StringComparison.Ordinal);
        Assert.Contains("layers", cli.Output, StringComparison.Ordinal);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket };
}
