using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class ReportTests : IAsyncLifetime
{
    // In the future of every real clock: deadlines of calls are set by it.
    private static readonly DateTimeOffset Now = new(2037, 11, 23, 7, 2, 0, TimeSpan.Zero);
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_night_fits_on_a_screen_with_what_went_wrong_first()
    {
        _daemon.Jobs.Night = Night();
        _daemon.Logs.Content = "epoch 1\nTraceback (most recent call last):\n  File \"train.py\", line 3\n\u001b[31mValueError: \u202ebad\u001b[0m\n"u8.ToArray();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("report"));
        var own = Environment.IsPrivilegedProcess;
        Assert.Equal(
            $"""
            From Sun 2037-11-22 18:00 to Mon 2037-11-23 07:02 (13h 2m)
            41 completed, 1 failed, 1 lost

            Failed (2)
                 7 train.py of alice 02:13: the command exited with code 1 (exit_code)
            {(own ? "       | Traceback (most recent call last):\n       |   File \"train.py\", line 3\n       | ValueError:  bad\n" : "")}     5 big of bob Sun 23:10: its keeper died (max_attempts)
            {(own ? "       | Traceback (most recent call last):\n       |   File \"train.py\", line 3\n       | ValueError:  bad\n" : "")}
            Run again (1)
                 9 sweep 03:30: 2 times, last: the command exited with code 75; retry 2 of 3 in 1m (exit_code)

            No sign of progress (1)
                11 (removed) 04:00: no output for 30m

            Running (2)
                12 big of alice: for 3h 2m, until about 09:30, like 12 earlier runs of this name
                13 odd of alice: for 1h 2m, it runs for longer than all 2 earlier runs of this name

            5 queued; 2 slots were idle 13 % of the time; for 3m 20s of it jobs waited
            Drained by root since 06:12:00: new disk; nothing is started, `whirrctl resume` goes on
            Trouble: the disk of /data is nearly full

            """,
            cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_quiet_night_says_so()
    {
        _daemon.Jobs.Night = new ReportReply { Since = At(-13, 2), Until = At(0, 0), Slots = 1, SlotIdle = 1 };
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("report"));
        Assert.Contains("\nNothing happened: no job ended, and none runs or waits.\n\n0 queued; one slot was idle 100 % of the time\n", cli.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_line_is_wider_than_the_terminal_and_a_bad_night_still_fits_on_a_screen()
    {
        _daemon.Jobs.Night = Night();
        for (var i = 0; i < 50; i++)
        {
            _daemon.Jobs.Night.Troubled.Add(Failed(100 + i, new string('n', 60), 1000, "alice", At(-1, 0), new string('w', 300), "exit_code"));
        }

        _daemon.Logs.Content = Encoding.UTF8.GetBytes(new string('x', 500) + "\n");
        using var cli = Cli(columns: 80);
        Assert.Equal(0, await cli.RunAsync("report"));
        var lines = cli.Output.Split('\n');
        Assert.All(lines.Where(line => !line.StartsWith("Drained", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 80));
        Assert.InRange(lines.Length, 20, 40);
        Assert.Contains("       ... and 44 more: whirrctl status -s failed,lost", lines);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_question_reaches_the_daemon_and_a_bad_one_is_refused()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("report", "--since", "2037-11-20T08:15Z", "--user", "1000"));
        Assert.Equal((new DateTime(2037, 11, 20, 8, 15, 0, DateTimeKind.Utc), "1000"), (_daemon.Jobs.ReportAsked!.Since.ToDateTime(), _daemon.Jobs.ReportAsked.Owner));
        Assert.Equal(0, await cli.RunAsync("report"));
        Assert.Equal(new DateTime(2037, 11, 22, 18, 0, 0, DateTimeKind.Utc), _daemon.Jobs.ReportAsked.Since.ToDateTime());
        Assert.Equal(2, await cli.RunAsync("report", "--since", "teatime"));
        Assert.Contains("--since: \"teatime\" is no time; write 18:00", cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await cli.RunAsync("report", "--since", "2038-01-01"));
        Assert.Contains("lies in the future", cli.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_has_all_of_it()
    {
        _daemon.Jobs.Night = Night();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("report", "--json"));
        using var json = JsonDocument.Parse(cli.Output);
        var root = json.RootElement;
        Assert.Equal(
            ["since", "until", "completed", "failed", "cancelled", "lost", "troubled", "incidents", "running", "queued", "slots", "slot_idle", "idle_while_waiting_seconds", "hold", "troubles"],
            root.EnumerateObject().Select(field => field.Name));
        Assert.Equal("2037-11-22T18:00:00.000Z", root.GetProperty("since").GetString());
        Assert.Equal(7, root.GetProperty("troubled")[0].GetProperty("id").GetInt64());
        Assert.Equal(("sweep", "retried"), (root.GetProperty("incidents")[0].GetProperty("name").GetString(), root.GetProperty("incidents")[0].GetProperty("type").GetString()));
        Assert.Equal("2037-11-23T09:30:00.000Z", root.GetProperty("running")[0].GetProperty("estimated_end").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("running")[1].GetProperty("estimated_end").ValueKind);
        Assert.Equal((0.125, 200, "root"), (root.GetProperty("slot_idle").GetDouble(), root.GetProperty("idle_while_waiting_seconds").GetDouble(), root.GetProperty("hold").GetProperty("by").GetString()));
    }

    private static ReportReply Night() => new()
    {
        Since = At(-13, -2),
        Until = At(0, 0),
        Completed = 41,
        Failed = 1,
        Lost = 1,
        Troubled =
        {
            Failed(7, "train.py", 1000, "alice", At(-4, -49), "the command exited with code 1", "exit_code"),
            Failed(5, "big", 1001, "bob", At(-7, -52), "its keeper died", "max_attempts"),
        },
        Incidents =
        {
            Incident(9, "retried", At(-4, 0), "the command exited with code 75; retry 1 of 3 in 30s", "exit_code"),
            Incident(9, "retried", At(-3, -32), "the command exited with code 75; retry 2 of 3 in 1m", "exit_code"),
            Incident(11, "stalled", At(-3, -2), "no output for 30m", ""),
        },
        JobNames = { [9] = "sweep" },
        Running =
        {
            new RunningJob { Job = Running(12, "big", At(-3, -2)), EstimatedEnd = At(2, 28), EstimateBasis = "like 12 earlier runs of this name" },
            new RunningJob { Job = Running(13, "odd", At(-1, -2)), EstimateBasis = "it runs for longer than all 2 earlier runs of this name" },
        },
        Queued = 5,
        Slots = 2,
        SlotIdle = 0.125,
        IdleWhileWaiting = Duration.FromTimeSpan(TimeSpan.FromSeconds(200)),
        Hold = new QueueHold { By = "root", At = At(0, -50), Why = "new disk" },
        Troubles = { "the disk of /data is nearly full" },
    };

    private static Job Failed(long id, string name, uint uid, string owner, Timestamp at, string why, string reason) => new()
    {
        Id = id,
        Name = name,
        OwnerUid = uid,
        Owner = owner,
        FinishedAt = at,
        State = JobState.Failed,
        ReasonDetail = why,
        Reason = reason,
        RunDir = "/runs/x",
    };

    private static Job Running(long id, string name, Timestamp started) => new()
    {
        Id = id,
        Name = name,
        OwnerUid = 1000,
        Owner = "alice",
        StartedAt = started,
        State = JobState.Running,
    };

    private static JobEvent Incident(long id, string type, Timestamp at, string detail, string reason) =>
        new() { Seq = at.Seconds, JobId = id, Type = type, At = at, Detail = detail, Reason = reason };

    private static Timestamp At(int hours, int minutes) => Timestamp.FromDateTimeOffset(Now.AddHours(hours).AddMinutes(minutes));

    private CommandLine Cli(int? columns = null) => new() { Socket = _daemon.Socket, Clock = new StandingClock(), Columns = columns };

    private sealed class StandingClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
