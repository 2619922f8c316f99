using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

public sealed class LookingTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Status_shows_what_runs_then_what_waits()
    {
        _daemon.Jobs.Add(job => job.Name = "waits\u001b[31m");
        _daemon.Jobs.Add(job => (job.State, job.Name) = (JobState.Running, "runs"));
        _daemon.Jobs.Add(job => job.State = JobState.Completed);
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status"));
        var lines = cli.Output.Split('\n');
        Assert.StartsWith("ID  NAME", lines[0], StringComparison.Ordinal);
        Assert.Contains("runs", lines[1], StringComparison.Ordinal);
        Assert.Contains(@"waits\x1b[31m", lines[2], StringComparison.Ordinal);
        Assert.Equal(["1 running, 2 queued", ""], lines[3..]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_long_queue_is_cut_and_says_so()
    {
        Enumerable.Range(0, 60).ToList().ForEach(_ => _daemon.Jobs.Add());
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status"));
        Assert.Equal(1 + 50 + 2, cli.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("there are more", cli.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Filters_reach_the_daemon()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status", "-s", "FAILED,canceled", "-t", "a,b", "-u", "bob", "--name", "x", "-n", "7"));
        var request = Assert.Single(_daemon.Jobs.Listed);
        Assert.Equal([JobState.Failed, JobState.Cancelled], request.States);
        Assert.Equal(["a", "b"], request.Tags);
        Assert.Equal(("bob", "x", 7u), (request.Owner, request.NameContains, request.PageSize));
    }

    [Fact(Timeout = 30_000)]
    public async Task Details_tell_how_a_job_ended()
    {
        _daemon.Jobs.Add(job =>
        {
            job.State = JobState.Failed;
            job.Reason = "signal";
            job.ReasonDetail = "the command was ended by signal 9 (SIGKILL); whirr did not send it";
            job.ExitCode = 137;
            job.Signal = 9;
            job.Attempt = 1;
            job.StartedAt = job.CreatedAt + Duration.FromTimeSpan(TimeSpan.FromSeconds(2));
            job.FinishedAt = job.StartedAt + Duration.FromTimeSpan(TimeSpan.FromSeconds(332));
            job.RunDir = "/runs/job-1";
            job.MaxRssBytes = 1_610_612_736;
            job.ConfigJson = """{"lr":0.1,"model":"resnet"}""";
        });
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status", "1"));
        foreach (var part in new[]
        {
            "failed", "ended by signal 9 (SIGKILL); whirr did not send it (signal)", "137 (signal 9, SIGKILL)",
            "Attempt:      1\n", "(waited 2s)", "(ran 5m 32s)",
            "python train.py", "/work dir", "/runs/job-1/output.log", "1.5 GiB", "lr=0.1, model=resnet",
        })
        {
            Assert.Contains(part, cli.Output, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_that_waits_again_has_not_ended()
    {
        _daemon.Jobs.Add(job =>
        {
            (job.State, job.Attempt, job.MaxAttempts, job.Losses, job.ExitCode) = (JobState.Queued, 4, 3, 2, 137);
            (job.Reason, job.ReasonDetail) = ("node_rebooted", "the machine was restarted");
            job.StartedAt = job.CreatedAt;
            job.FinishedAt = job.StartedAt + Duration.FromTimeSpan(TimeSpan.FromSeconds(5));
        });
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status", "1"));
        Assert.Contains("queued (to be run again)", cli.Output, StringComparison.Ordinal);
        Assert.Contains("Went back:    the machine was restarted (node_rebooted)\n", cli.Output, StringComparison.Ordinal);
        Assert.Contains("Attempts:     4 so far\n", cli.Output, StringComparison.Ordinal);
        Assert.Contains("Losses:       2 of at most 3", cli.Output, StringComparison.Ordinal);
        Assert.Contains(", ran 5s\n", cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Ended:", cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exit code:", cli.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(null, "ID  NAME                                      STATE   RUNTIME  SUBMITTED", true)]
    [InlineData(0, "ID  NAME                                      STATE   RUNTIME  SUBMITTED", true)]
    [InlineData(60, "ID  NAME                   STATE   RUNTIME  SUBMITTED", true)]
    [InlineData(40, "ID  NAME                 STATE   RUNTIME", false)]
    [InlineData(20, "ID  NAME      STATE   RUNTIME", false)]
    public async Task The_list_fits_the_terminal(int? columns, string header, bool dated)
    {
        _daemon.Jobs.Add(job => job.Name = new string('n', 60));
        using var cli = new CommandLine { Socket = _daemon.Socket, Columns = columns };
        Assert.Equal(0, await cli.RunAsync("status"));
        var lines = cli.Output.Split('\n');
        Assert.Equal(header, lines[0].TrimEnd());
        Assert.Equal(dated, lines[1].Contains("2024", StringComparison.Ordinal));
        Assert.Contains("…", lines[1], StringComparison.Ordinal);
        Assert.True(columns is not > 29 || lines[1].Length <= columns, lines[1]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_user_that_this_machine_does_not_know_is_mentioned()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status", "-u", "no-such-user"));
        Assert.Contains("no user \"no-such-user\"", cli.Error, StringComparison.Ordinal);
        using var known = Cli();
        Assert.Equal(0, await known.RunAsync("status", "-u", "root"));
        Assert.Empty(known.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Status_of_an_unknown_job_fails_and_still_shows_the_others()
    {
        _daemon.Jobs.Add();
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("status", "99", "1"));
        Assert.Contains("no job 99", cli.Error, StringComparison.Ordinal);
        Assert.StartsWith("Job 1", cli.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_of_a_list_has_jobs_and_counts()
    {
        _daemon.Jobs.Add();
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("status", "--json"));
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal(1, json.RootElement.GetProperty("jobs").GetArrayLength());
        Assert.Equal(2, json.RootElement.GetProperty("queued").GetInt32());
        Assert.False(json.RootElement.GetProperty("more").GetBoolean());
    }

    [Fact(Timeout = 30_000)]
    public async Task Errors_are_json_too_when_json_is_asked_for()
    {
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("status", "--json", "99"));
        Assert.Empty(cli.Output);
        using var json = JsonDocument.Parse(cli.Error);
        Assert.Equal("not_found", json.RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Events_are_shown_in_order()
    {
        _daemon.Jobs.Add();
        _daemon.Jobs.EventLog.Add(new JobEvent { Seq = 4, JobId = 1, Type = "submitted", From = JobState.Queued, To = JobState.Queued });
        _daemon.Jobs.EventLog.Add(new JobEvent { Seq = 9, JobId = 1, Type = "claimed", Attempt = 1, From = JobState.Queued, To = JobState.Starting });
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("events", "1"));
        var lines = cli.Output.TrimEnd('\n').Split('\n');
        Assert.EndsWith("  submitted", lines[0], StringComparison.Ordinal);
        Assert.Contains("attempt 1  queued -> starting", lines[1], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Version_and_doctor_know_the_daemon()
    {
        using var version = Cli();
        Assert.Equal(0, await version.RunAsync("version"));
        Assert.Contains("whirrd 0.1.0 (user mode", version.Output, StringComparison.Ordinal);
        using var doctor = Cli();
        _daemon.Info.Reply.StateDir = _daemon.Info.Reply.RunsDir = _daemon.Place;
        Assert.Equal(0, await doctor.RunAsync("doctor"));
        Assert.EndsWith("\nAll checks passed, 4 notes\n", doctor.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Doctor_says_what_is_wrong_and_how_to_mend_it()
    {
        _daemon.Info.Reply.Slots = 0;
        _daemon.Info.Reply.Version = "9.9.9";
        _daemon.Info.Reply.RunsDir = "/no/such/place";
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("doctor"));
        Assert.Contains("PROBLEM  slots", cli.Output, StringComparison.Ordinal);
        Assert.Contains("mkdir -p '/no/such/place'", cli.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 problems (slots, runs), 1 warning (version), 4 notes\n", cli.Output, StringComparison.Ordinal);
    }

    private CommandLine Cli() => new() { Socket = _daemon.Socket, Directory = _daemon.Place };
}
