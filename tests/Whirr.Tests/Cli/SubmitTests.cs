using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Whirr.Cli.Output;

namespace Whirr.Tests.Cli;

public sealed class SubmitTests : IAsyncLifetime
{
    private FakeDaemon _daemon = null!;
    private SafeFileHandle? _full;

    public async Task InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public async Task DisposeAsync()
    {
        _full?.Dispose();
        await _daemon.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_submit_prints_the_number_and_the_name()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("submit", "-n", "train.py", "--", "python", "train.py"));
        Assert.Equal("Submitted job 1 (train.py)\n", cli.Output);
        Assert.Empty(cli.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Quiet_prints_only_the_number()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("submit", "-q", "true"));
        Assert.Equal("1\n", cli.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task Options_after_the_command_belong_to_the_command()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("submit", "-p", "3", "python", "t.py", "--json", "-n", "x", "--help", "--", "@y"));
        var job = Assert.Single(_daemon.Jobs.Submitted).Job;
        Assert.Equal(["python", "t.py", "--json", "-n", "x", "--help", "--", "@y"], job.CommandArgv);
        Assert.Equal(3, job.Priority);
        Assert.Equal("", job.Name);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_takes_over_directory_environment_mask_and_project()
    {
        Directory.CreateDirectory(Path.Combine(_daemon.Place, ".whirr"));
        var sub = Directory.CreateDirectory(Path.Combine(_daemon.Place, "a", "b")).FullName;
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync(
            "submit", "-C", "a/b", "-e", "WHIRR_T=1", "-e", "PATH=/p", "-c", "lr=1e-3", "seed=2", "-t", " x ,,y", "-t", "x",
            "--client-job-id", "mine", "--on-lost", "stop", "--on-daemon-loss", "kill", "--max-attempts", "2", "--grace", "1m", "true"));
        var request = Assert.Single(_daemon.Jobs.Submitted);
        var job = request.Job;
        Assert.Equal(sub, job.Workdir);
        Assert.Equal(Path.Combine(_daemon.Place, ".whirr", "runs"), job.RunsDir);
        Assert.Equal("""{"lr":1e-3,"seed":2}""", job.ConfigJson);
        Assert.Equal(["x", "y"], job.Tags);
        Assert.Equal("mine", job.ClientJobId);
        Assert.Equal(60, job.KillGracePeriod.Seconds);
        Assert.Equal(2u, job.MaxAttempts);
        Assert.True(job.HasUmask);
        Assert.Equal('7', job.Uid[14]);
        var entries = Encoding.UTF8.GetString(request.Environment.Span).Split('\0');
        Assert.Equal("", entries[^1]);
        Assert.Contains("WHIRR_T=1", entries);
        Assert.Equal("PATH=/p", Assert.Single(entries, entry => entry.StartsWith("PATH=", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_is_one_document_and_nothing_else()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("submit", "--json", "true"));
        using var json = JsonDocument.Parse(cli.Output);
        Assert.Equal(1, json.RootElement.GetProperty("id").GetInt64());
        Assert.Equal("queued", json.RootElement.GetProperty("state").GetString());
        Assert.False(json.RootElement.GetProperty("existed").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("exit_code").ValueKind);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1, "no command", "submit")]
    [InlineData(1, "no command", "submit", "-n", "x", "--")]
    [InlineData(2, "this one is empty", "submit", "-n", "", "true")]
    [InlineData(2, "priority", "submit", "-p", "high", "true")]
    [InlineData(2, "not there", "submit", "-C", "/no/such/place", "true")]
    [InlineData(2, "NAME=value", "submit", "-e", "X", "true")]
    [InlineData(2, "requeue or stop", "submit", "--on-lost", "maybe", "true")]
    [InlineData(2, "max_attempts", "submit", "--max-attempts", "0", "true")]
    [InlineData(2, "grace period", "submit", "--grace", "2d", "true")]
    [InlineData(2, "not both", "submit", "--from", "-", "true")]
    [InlineData(2, "--nonsense", "submit", "--nonsense", "true")]
    [InlineData(1, "cannot read", "submit", "--from", "/no/such/file")]
    public async Task A_wrong_command_line_submits_nothing(int code, string part, params string[] words)
    {
        using var cli = Cli();
        Assert.Equal(code, await cli.RunAsync(words));
        Assert.StartsWith("whirrctl: ", cli.Error, StringComparison.Ordinal);
        Assert.Contains(part, cli.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Output);
        Assert.Empty(_daemon.Jobs.Submitted);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_is_submitted_whole()
    {
        using var cli = Cli("a\n# no\nb 'c d'\n");
        Assert.Equal(0, await cli.RunAsync("submit", "--from", "-"));
        Assert.Equal("Submitted 2 jobs (1 to 2)\n", cli.Output);
        Assert.Equal(["b", "c d"], _daemon.Jobs.Batches[0].Jobs[1].CommandArgv);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_wrong_line_submits_nothing()
    {
        using var cli = Cli("a\nb 'c\n");
        Assert.Equal(2, await cli.RunAsync("submit", "--from", "-"));
        Assert.Contains("standard input:2: ", cli.Error, StringComparison.Ordinal);
        Assert.Empty(_daemon.Jobs.Batches);
    }

    [Fact(Timeout = 30_000)]
    public async Task Ten_thousand_jobs_go_in_one_batch_with_one_json_line_each()
    {
        using var cli = Cli(string.Concat(Enumerable.Repeat("true\n", 10_000)));
        Assert.Equal(0, await cli.RunAsync("submit", "--json", "--from", "-"));
        var lines = cli.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10_000, lines.Length);
        using var last = JsonDocument.Parse(lines[^1]);
        Assert.Equal(10_000, last.RootElement.GetProperty("line").GetInt32());
        Assert.Equal(10_000, last.RootElement.GetProperty("id").GetInt32());
        Assert.Single(_daemon.Jobs.Batches, message => message.HasEnvironment);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lost_reply_does_not_submit_twice()
    {
        _daemon.Jobs.LoseReplies = 2;
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("submit", "true"));
        Assert.Equal("Already submitted: job 1 (true), queued\n", cli.Output);
        Assert.Equal(3, _daemon.Jobs.Submitted.Count);
        Assert.Single(_daemon.Jobs.Submitted.Select(request => request.Job.Uid).Distinct());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lost_reply_does_not_submit_a_batch_twice()
    {
        _daemon.Jobs.LoseReplies = 1;
        using var cli = Cli("a\nb\n");
        Assert.Equal(0, await cli.RunAsync("submit", "-q", "--from", "-"));
        Assert.Equal("1\n2\n", cli.Output);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("job 1 was submitted, but", "submit", "true")]
    [InlineData("job 1 was submitted, but", "submit", "--json", "true")]
    [InlineData("2 jobs (1 to 2) were submitted, but", "submit", "--from", "-")]
    public async Task A_number_that_cannot_be_printed_is_told_on_standard_error(string part, params string[] words)
    {
        using var full = new DescriptorStream(OpenFull());
        using var cli = new CommandLine { Socket = _daemon.Socket, Directory = _daemon.Place, Input = "a\nb\n", OutputStream = full };
        Assert.Equal(1, await cli.RunAsync(words));
        Assert.Contains($"{part} cannot write the output: no space left on device.", cli.Error, StringComparison.Ordinal);
    }

    private int OpenFull()
    {
        _full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        return (int)_full.DangerousGetHandle();
    }

    private CommandLine Cli(string input = "") => new() { Socket = _daemon.Socket, Directory = _daemon.Place, Input = input };
}
