using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

/// <summary>What is seen of limits, retries, watches and attempts.</summary>
public sealed class NightTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Details_show_limits_retries_watches_and_use()
    {
        _daemon.Jobs.Add(Full);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status", "1"));
        foreach (var line in new[]
        {
            "  State:        running\n",
            "  Stalled:      since 3:04, told\\n\n",
            "  Attempt:      3\n",
            "  Time:         2h 3m of 8h, SIGUSR1 5m before\n",
            "  Limits:       memory 8.0 GiB, 2.5 CPUs, 500 processes, nice 10, ionice idle, nofile=4096:8192, core=unlimited\n",
            "  Log limit:    1.0 GiB, of which head and tail are kept\n",
            "  Retries:      1 of 3 used (exit:75, oom; pause 30s to 10m)\n",
            "  Losses:       1 of at most 3 (keeper or machine died)\n",
            "  Stall limit:  30m, then dump and SIGQUIT\n",
            "  Fails on NaN: yes\n",
            "  Notices:      failure, end to mail, https://example.org\n",
            "  Uses now:     memory 3.0 GiB, 12 processes, CPU time 1h 0m (3m 1s ago)\n",
            "  Last sign:    3m 1s ago (of its keeper)\n",
            "  Peak memory:  1.5 GiB of one process, 4.0 GiB of all with caches\n",
            "  Disk:         1.0 GiB read, 2.0 GiB written\n",
        })
        {
            Assert.Contains(line, cli.Output, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Details_list_the_attempts_when_there_were_several()
    {
        _daemon.Jobs.Add(Full);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status", "1"));
        var lines = cli.Output.TrimEnd('\n').Split('\n')[^4..];
        Assert.Equal("ATTEMPT  STARTED              RAN    HOW IT ENDED", lines[0]);
        Assert.EndsWith("  1m 0s  the command exited with code 75; retry 1 of 3 in 30s (exit_code)", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("  -      its keeper died (keeper_died)", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("  2h 3m  goes on", lines[3], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_has_every_field_with_a_value_and_without()
    {
        _daemon.Jobs.Add(Full);
        _daemon.Jobs.Add();
        using var full = await JsonAsync("status", "--json", "1");
        using var bare = await JsonAsync("status", "--json", "2");
        Assert.Equal(Paths(full.RootElement, "").Where(path => !path.StartsWith("live.", StringComparison.Ordinal) && !path.StartsWith("notices.", StringComparison.Ordinal)), Paths(bare.RootElement, ""));
        var job = full.RootElement;
        Assert.Equal(2.5, job.GetProperty("limits").GetProperty("cpus").GetDouble());
        Assert.Equal(JsonValueKind.Null, job.GetProperty("limits").GetProperty("rlimits")[1].GetProperty("hard").ValueKind);
        Assert.Equal(1, job.GetProperty("retry").GetProperty("used").GetInt32());
        Assert.Equal("dump", job.GetProperty("watch").GetProperty("on_stall").GetString());
        Assert.Equal("mail", job.GetProperty("notices").GetProperty("targets")[0].GetString());
        Assert.Equal(1L << 32, job.GetProperty("usage").GetProperty("peak_tree_bytes").GetInt64());
        Assert.Equal(12, job.GetProperty("live").GetProperty("processes").GetInt32());
        Assert.Equal([1, 2, 3], job.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("number").GetInt32()));
        Assert.Equal(0, job.GetProperty("attempts")[0].GetProperty("log_offset").GetInt32());
        Assert.Equal(JsonValueKind.Null, bare.RootElement.GetProperty("notices").ValueKind);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_list_tells_pauses_stalls_and_ends_that_are_near()
    {
        var now = DateTimeOffset.UtcNow;
        _daemon.Jobs.Add(job => (job.Attempt, job.EligibleAt) = (1, now.AddSeconds(270).ToTimestamp()));
        _daemon.Jobs.Add(job => (job.Attempt, job.EligibleAt) = (1, now.AddSeconds(-1).ToTimestamp()));
        _daemon.Jobs.Add(job => (job.State, job.Stalled) = (JobState.Running, "since 3:04"));
        _daemon.Jobs.Add(job =>
        {
            (job.State, job.StartedAt) = (JobState.Running, now.AddHours(-8).AddSeconds(630).ToTimestamp());
            job.Limits = new JobLimits { Time = Duration.FromTimeSpan(TimeSpan.FromHours(8)) };
        });
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status", "-a"));
        var lines = cli.Output.Split('\n');
        Assert.Contains("queued (retry in 4m)", lines[1], StringComparison.Ordinal);
        Assert.Contains("queued  ", lines[2], StringComparison.Ordinal);
        Assert.Contains("running (stalled)", lines[3], StringComparison.Ordinal);
        Assert.Contains("running (10m left)", lines[4], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_daemon_in_trouble_says_so_above_the_list()
    {
        _daemon.Info.Reply.Stopping = true;
        _daemon.Info.Reply.Troubles.Add("the disk of /var is nearly full (\u001b1 GiB left)");
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status"));
        Assert.StartsWith(
            "The daemon is stopping: it waits for what runs, and nothing is started\nthe disk of /var is nearly full (\\x1b1 GiB left)\n",
            cli.Output,
            StringComparison.Ordinal);
        using var json = await JsonAsync("status", "--json");
        Assert.True(json.RootElement.GetProperty("stopping").GetBoolean());
        Assert.Equal(1, json.RootElement.GetProperty("troubles").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("hold").ValueKind);
    }

    [Fact(Timeout = 30_000)]
    public async Task Doctor_warns_of_what_holds_the_queue_and_of_what_cannot_be_limited()
    {
        var info = _daemon.Info.Reply;
        info.StateDir = info.RunsDir = _daemon.Place;
        info.Hold = new QueueHold { By = "ada", Why = "upgrade" };
        info.Troubles.Add("the disk is nearly full");
        info.CannotLimit.Add("memory: no cgroup v2");
        info.Stopping = true;
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("doctor"));
        foreach (var part in new[] { "warning  queue         Drained by ada: upgrade", "whirrctl resume", "warning  trouble       the disk is nearly full", "warning  limits        memory: no cgroup v2", "warning  stopping" })
        {
            Assert.Contains(part, cli.Output, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("whirr-keeper 0.1.0", "", 0, "ok       keeper        whirr-keeper 0.1.0\n")]
    [InlineData("whirr-keeper 0.2.0", "", 0, "warning  keeper        whirr-keeper 0.2.0, whirrd 0.1.0\n")]
    [InlineData("", "no keeper can be started", 1, "PROBLEM  keeper        no keeper can be started\n")]
    [InlineData("", "", 0, "ok       version")]
    public async Task Doctor_compares_the_keeper_with_the_daemon(string keeper, string problem, int code, string expected)
    {
        var info = _daemon.Info.Reply;
        info.StateDir = info.RunsDir = _daemon.Place;
        (info.Keeper, info.KeeperProblem) = (keeper, problem);
        using var cli = Cli();
        Assert.Equal(code, await cli.RunAsync("doctor"));
        Assert.Contains(expected, cli.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Events_of_retries_stalls_and_limits_read_well()
    {
        _daemon.Jobs.Add();
        var events = _daemon.Jobs.EventLog;
        events.Add(new JobEvent { Seq = 1, Type = "retried", Attempt = 1, From = JobState.Running, To = JobState.Queued, Detail = "the command exited with code 75; retry 1 of 3 in 30s", Reason = "exit_code" });
        events.Add(new JobEvent { Seq = 2, Type = "stalled", Attempt = 2, From = JobState.Running, To = JobState.Running, Detail = "no progress for 30m" });
        events.Add(new JobEvent { Seq = 3, Type = "extended", From = JobState.Running, To = JobState.Running, Detail = "to 10h by ada" });
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("events", "1"));
        Assert.Equal(
            [
                "retried           attempt 1  running -> queued  the command exited with code 75; retry 1 of 3 in 30s",
                "stalled           attempt 2  no progress for 30m",
                "extended          to 10h by ada",
            ],
            cli.Output.TrimEnd('\n').Split('\n').Select(line => line.TrimStart()));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1", "one\n")]
    [InlineData("2", "")]
    [InlineData("3", "three\n")]
    public async Task Logs_of_an_attempt_are_its_own(string attempt, string expected)
    {
        _daemon.Jobs.Add(Full);
        _daemon.Logs.Content = "one\nthree\n"u8.ToArray();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("logs", "1", "--attempt", attempt));
        Assert.Equal(expected, cli.Output);
        Assert.Equal(expected.Length == 0, cli.Error.Contains("wrote nothing", StringComparison.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1", 0, 2, "e\n")]
    [InlineData("1", 2, 6, "on")]
    [InlineData("1", 0, 6, "")]
    [InlineData("3", 2, 6, "ree\n")]
    public async Task Logs_of_an_attempt_are_its_own_also_where_some_of_it_is_left_out(string attempt, int from, int to, string expected)
    {
        _daemon.Jobs.Add(Full);
        _daemon.Logs.Content = "one\nthree\n"u8.ToArray();
        _daemon.Logs.Gap = from..to;
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("logs", "1", "--attempt", attempt));
        Assert.Equal(expected, cli.Output);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1, "its last is 3", "logs", "1", "--attempt", "4")]
    [InlineData(1, "not been started", "logs", "2", "--attempt", "1")]
    [InlineData(2, "from 1", "logs", "1", "--attempt", "0")]
    [InlineData(2, "| tail", "logs", "1", "--attempt", "1", "-n", "3")]
    public async Task Logs_of_an_attempt_that_there_is_not_fail(int code, string part, params string[] words)
    {
        _daemon.Jobs.Add(Full);
        _daemon.Jobs.Add();
        using var cli = Cli();
        Assert.Equal(code, await cli.RunAsync(words));
        Assert.Contains(part, cli.Error, StringComparison.Ordinal);
    }

    private static void Full(Job job)
    {
        var now = DateTimeOffset.UtcNow;
        var started = now.AddMinutes(-123).AddSeconds(-30).ToTimestamp();
        (job.State, job.Attempt, job.Losses, job.RetriesUsed, job.OnLost) = (JobState.Running, 3, 1, 1, OnLost.Requeue);
        (job.StartedAt, job.Stalled, job.Pid, job.Node) = (started, "since 3:04, told\n", 77, "n");
        job.Limits = new JobLimits
        {
            Time = Duration.FromTimeSpan(TimeSpan.FromHours(8)),
            WarnSignal = 10,
            WarnBefore = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)),
            MemoryBytes = 8UL << 30,
            CpuMillis = 2500,
            Pids = 500,
            Nice = 10,
            Ionice = "idle",
            Rlimits = { new ProcessLimit { Resource = "nofile", Soft = 4096, Hard = 8192 }, new ProcessLimit { Resource = "core" } },
            LogBytes = 1UL << 30,
        };
        job.Retry = new RetryPolicy
        {
            Retries = 3,
            RetryOn = "exit:75,oom",
            FirstPause = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)),
            LongestPause = Duration.FromTimeSpan(TimeSpan.FromMinutes(10)),
        };
        job.Watch = new JobWatch
        {
            StallAfter = Duration.FromTimeSpan(TimeSpan.FromMinutes(30)),
            OnStall = OnStall.Dump,
            StallSignal = 3,
            FailOnNan = true,
        };
        job.Notices = new NoticeSettings { Events = "failure,end", Targets = { "mail", "https://example.org" } };
        job.MaxRssBytes = 3L << 29;
        job.Usage = new Usage { MaxRssBytes = 3L << 29, PeakTreeBytes = 1L << 32, ReadBytes = 1L << 30, WrittenBytes = 1L << 31 };
        job.HeartbeatAt = now.AddSeconds(-181.5).ToTimestamp();
        job.Live = new LiveUsage
        {
            At = job.HeartbeatAt,
            MemoryBytes = 3L << 30,
            Processes = 12,
            Usage = new Usage { CpuTime = Duration.FromTimeSpan(TimeSpan.FromHours(1)) },
        };
        job.Attempts.Add(new Attempt
        {
            Number = 1,
            StartedAt = started,
            FinishedAt = started + Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
            Reason = "exit_code",
            ReasonDetail = "the command exited with code 75; retry 1 of 3 in 30s",
            ExitCode = 75,
            LogOffset = 0,
        });
        job.Attempts.Add(new Attempt { Number = 2, FinishedAt = started, Reason = "keeper_died", ReasonDetail = "its keeper died", LogOffset = 4 });
        job.Attempts.Add(new Attempt { Number = 3, StartedAt = started, LogOffset = 4 });
    }

    private static IEnumerable<string> Paths(JsonElement element, string prefix)
    {
        foreach (var member in element.EnumerateObject())
        {
            yield return prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var path in Paths(member.Value, $"{prefix}{member.Name}."))
                {
                    yield return path;
                }
            }
        }
    }

    private async Task<JsonDocument> JsonAsync(params string[] words)
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync(words));
        return JsonDocument.Parse(cli.Output);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket, Directory = _daemon.Place };
}
