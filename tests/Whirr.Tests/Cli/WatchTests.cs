using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Runs;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class WatchTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await FakeDaemon.StartAsync();
        _daemon.Jobs.Add(job => job.Name = "waits\u001b[31m");
        _daemon.Jobs.Add(job =>
        {
            (job.State, job.Name, job.ConfigJson, job.RunDir) = (JobState.Running, "runs", """{"steps": 1000}""", Path.Combine(_daemon.Place, "run"));
            job.StartedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddMinutes(-5));
        });
        Directory.CreateDirectory(Path.Combine(_daemon.Place, "run"));
        await File.WriteAllLinesAsync(
            Path.Combine(_daemon.Place, "run/metrics.jsonl"),
            Enumerable.Range(0, 251).Select(step => $$"""{"_idx":{{step}},"_timestamp":"{{DateTimeOffset.UtcNow.AddSeconds(step - 250):O}}","step":{{step}}}"""));
    }

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Without_a_terminal_the_queue_is_shown_once()
    {
        using var cli = new CommandLine { Socket = _daemon.Socket };
        Assert.Equal(0, await cli.RunAsync("watch"));
        Assert.DoesNotContain('\u001b', cli.Output);
        var lines = cli.Output.Split('\n');
        Assert.StartsWith("1 of 2 slots in use, 2 queued", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^ *2 +runs +running +5m \d+s +250/1000 25% +12m \d+s +alice", lines[3]);
        Assert.Contains(@"waits\x1b[31m", lines[6], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_has_the_progress()
    {
        using var cli = new CommandLine { Socket = _daemon.Socket };
        Assert.Equal(0, await cli.RunAsync("watch", "--json"));
        using var json = JsonDocument.Parse(cli.Output);
        var jobs = json.RootElement.GetProperty("jobs");
        Assert.Equal(250, jobs[0].GetProperty("progress").GetProperty("done").GetDouble());
        Assert.InRange(jobs[0].GetProperty("progress").GetProperty("left_seconds").GetDouble(), 700, 750);
        Assert.Equal(JsonValueKind.Null, jobs[1].GetProperty("progress").ValueKind);
    }

    [Fact(Timeout = 30_000)]
    public async Task Gpus_of_this_machine_are_shown_where_nvidia_smi_is_on_the_path()
    {
        Script("printf '0, 93, 12595, 24576, 71, 250.5\n1, [N/A], 100, 24576, [N/A], [N/A]\nno GPU\n'");
        using var cli = new CommandLine { Socket = _daemon.Socket };
        cli.Variables["PATH"] = $"relative:{_daemon.Place}:/usr/bin";
        Assert.Equal(0, await cli.RunAsync("watch"));
        Assert.Equal(["GPU 0  93 % 12.3/24.0 GiB 71 °C", "GPU 1   - % 0.1/24.0 GiB - °C", ""], cli.Output.Split('\n')[1..4]);

        using var json = new CommandLine { Socket = _daemon.Socket };
        json.Variables["PATH"] = _daemon.Place;
        Assert.Equal(0, await json.RunAsync("watch", "--json"));
        using var document = JsonDocument.Parse(json.Output);
        var gpus = document.RootElement.GetProperty("gpus");
        Assert.Equal((2, 93.0, 12595.0, 250.5), (gpus.GetArrayLength(), gpus[0].GetProperty("utilization").GetDouble(), gpus[0].GetProperty("memory_used").GetDouble(), gpus[0].GetProperty("power_watts").GetDouble()));
        Assert.Equal(JsonValueKind.Null, gpus[1].GetProperty("temperature").ValueKind);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("exit 1")]
    [InlineData("echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver'; exit 9")]
    [InlineData("head -c 1000000 /dev/zero")]
    [InlineData("exec >&-; sleep 0.2")]
    public async Task An_answer_that_is_none_is_no_line(string script)
    {
        Script(script);
        using var cli = new CommandLine { Socket = _daemon.Socket };
        cli.Variables["PATH"] = $"{_daemon.Place}:/usr/bin:/bin";
        Assert.Equal(0, await cli.RunAsync("watch"));
        Assert.DoesNotContain("GPU", cli.Output, StringComparison.Ordinal);
        Assert.Equal("", cli.Output.Split('\n')[1]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_driver_that_hangs_slows_nothing_down_and_leaves_no_process()
    {
        Script($"echo $$ > {_daemon.Place}/pid; exec sleep 60");
        using var cli = new CommandLine { Socket = _daemon.Socket, Columns = 80, Rows = 30 };
        cli.Variables["PATH"] = $"{_daemon.Place}:/usr/bin:/bin";
        var run = cli.RunAsync("watch", "-i", "0.1");
        while (!File.Exists($"{_daemon.Place}/pid") || (await File.ReadAllTextAsync($"{_daemon.Place}/pid")).Length == 0)
        {
            await _daemon.Info.Asked.WaitAsync();
        }

        cli.Type('q');
        Assert.Equal(0, await run);
        Assert.DoesNotContain("GPU", cli.Output, StringComparison.Ordinal);
        var pid = (await File.ReadAllTextAsync($"{_daemon.Place}/pid")).Trim();
        await Runners.Facts.UntilAsync(() => !File.Exists($"/proc/{pid}/stat") || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_a_terminal_it_redraws_until_q_or_an_interrupt_and_leaves_the_screen_as_it_was(bool byKey)
    {
        using var cli = new CommandLine { Socket = _daemon.Socket, Columns = 80, Rows = 30 };
        var run = cli.RunAsync("watch", "-i", "0.1");
        for (var look = 0; look < 3; look++)
        {
            await _daemon.Info.Asked.WaitAsync();
        }

        if (byKey)
        {
            cli.Type('x');
            cli.Type('q');
        }
        else
        {
            await cli.InterruptAsync();
        }

        Assert.Equal(0, await run);
        Assert.StartsWith("\u001b[?1049h\u001b[?25l\u001b[H1 of 2 slots", cli.Output, StringComparison.Ordinal);
        Assert.EndsWith("\u001b[J\u001b[?25h\u001b[?1049l", cli.Output, StringComparison.Ordinal);
        Assert.True(cli.Output.Split("\u001b[H").Length > 2);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_page_fits_the_terminal()
    {
        Enumerable.Range(0, 60).ToList().ForEach(_ => _daemon.Jobs.Add());
        using var cli = new CommandLine { Socket = _daemon.Socket, Columns = 60, Rows = 12 };
        var run = cli.RunAsync("watch");
        await cli.KeysRead;
        cli.Type('q');
        Assert.Equal(0, await run);
        var page = cli.Output.Split("\u001b[H")[1].Split("\u001b[J")[0];
        Assert.Equal(11, page.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("in all", page, StringComparison.Ordinal);
        Assert.All(page.Split("\u001b[K\n"), line => Assert.InRange(line.Length, 0, 60));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_daemon_the_screen_is_not_touched()
    {
        using var cli = new CommandLine { Columns = 80 };
        Assert.Equal(3, await cli.RunAsync("watch"));
        Assert.Empty(cli.Output);
    }

    [Theory]
    [InlineData("""{"epochs": 10}""", "{\"epoch\": 4, \"step\": 900}", "4/10 40%")]
    [InlineData("""{"epochs": 10}""", "{\"step\": 4}", "4/10 40%")]
    [InlineData("""{"epochs": 10}""", "{\"step\": 900}", "step 900")]
    [InlineData("""{"epochs": 10, "max_steps": 1000}""", "{\"step\": 900}", "900/1000 90%")]
    [InlineData("""{"steps": "many"}""", "{\"step\": 0}", "step 0")]
    [InlineData("""{"steps": 10}""", "{\"step\": 12}", "12/10 100%")]
    [InlineData("{}", "{\"loss\": 1}\n{\"st", null)]
    [InlineData("{}", "[3]\n\"step\"\n\n3", null)]
    public void Progress_is_told_from_steps_and_epochs(string config, string lines, string? told)
    {
        using var document = JsonDocument.Parse(config);
        var progress = Progress.Of(lines.Split('\n'), document.RootElement, Now);
        Assert.Equal(told, progress is { } found && (found.Done > 0 || told is not null) ? found.ToString() : null);
    }

    [Fact]
    public void What_is_left_follows_from_the_pace_of_the_last_lines()
    {
        using var config = JsonDocument.Parse("""{"steps": 100}""");
        string[] lines =
        [
            "\"torn\": 1}",
            Line(20, -40),
            Line(30, -20),
            Line(40, -10),
        ];

        // 20 steps in 30 s, and 10 s have passed since the last line.
        Assert.Equal(TimeSpan.FromSeconds(60 * 1.5 - 10), Progress.Of(lines, config.RootElement, Now)!.Left);
        Assert.Null(Progress.Of([Line(40, -10)], config.RootElement, Now)!.Left);
        Assert.Equal(TimeSpan.Zero, Progress.Of([Line(40, -900), Line(41, -800)], config.RootElement, Now.AddDays(30))!.Left);
    }

    private void Script(string text)
    {
        var path = Path.Combine(_daemon.Place, "nvidia-smi");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private static string Line(int step, int seconds) => $$"""{"_timestamp":"{{Now.AddSeconds(seconds):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}","step":{{step}},"loss":0.5}""";
}
