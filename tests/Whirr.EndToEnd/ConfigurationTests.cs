using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-config-").FullName;

    [Theory(Timeout = 30_000)]
    [InlineData("slots: 2\nsolts: 3\n", ":2: there is no setting \"solts\"; did you mean \"slots\"?")]
    [InlineData("slots: many\n", ":1: slots: \"many\" is not a whole number from 0 to 10000")]
    [InlineData("\nkill_grace_period: 3 weeks\n", ":2: kill_grace_period: \"3 weeks\" is not a duration")]
    [InlineData("on_lost: [stop]\n", ":1: on_lost must have one plain value")]
    [InlineData("socket: whirr.sock\n", ":1: socket: \"whirr.sock\" is not an absolute path")]
    [InlineData("slots: 2\n  broken: :\n", "is not YAML")]
    [InlineData("- slots\n", "is not one mapping of settings")]
    public async Task What_is_wrong_is_named_with_file_and_line_and_the_daemon_does_not_start(string yaml, string expected)
    {
        var file = await WriteAsync(yaml);
        var checkedOnly = await WhirrdAsync(["--user", "--config", file, "--check-config"]);
        Assert.Equal(2, checkedOnly.ExitCode);
        Assert.Contains(file, checkedOnly.Error, StringComparison.Ordinal);
        Assert.Contains(expected, checkedOnly.Error, StringComparison.Ordinal);

        var started = await WhirrdAsync(["--user", "--config", file, "--state-dir", Path.Combine(_place, "state")]);
        Assert.Equal(2, started.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(_place, "state")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Every_fault_is_named_at_once()
    {
        var file = await WriteAsync("slots: -1\nmax_attempts: 0\n");
        var faults = (await WhirrdAsync(["--user", "--config", file, "--check-config", "--on-lost", "retry"])).Error;
        Assert.Contains(":1: slots", faults, StringComparison.Ordinal);
        Assert.Contains(":2: max_attempts", faults, StringComparison.Ordinal);
        Assert.Contains("--on-lost: on_lost", faults, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = await WriteAsync("slots: 1\nmax_attempts: 1\nkill_grace_period: 1s\n");
        var result = await WhirrdAsync(
            ["--user", "--config", file, "--check-config", "--slots", "3"],
            ("WHIRR_SLOTS", "2"),
            ("WHIRR_MAX_ATTEMPTS", "2"));
        Assert.Contains("\nslots: 3\n", result.Succeeded, StringComparison.Ordinal);
        Assert.Contains("\nmax_attempts: 2\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("\nkill_grace_period: 1s\n", result.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_check_config_prints_is_a_configuration_that_means_the_same()
    {
        var file = await WriteAsync("slots: 1\non_lost: stop\nkill_grace_period: 250ms\n");
        var first = (await WhirrdAsync(["--user", "--config", file, "--check-config"])).Succeeded;
        var second = (await WhirrdAsync(["--user", "--config", await WriteAsync(first), "--check-config"])).Succeeded;
        Assert.Equal(first.Split('\n')[1..], second.Split('\n')[1..]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_is_named_and_not_there_is_an_error()
    {
        var result = await WhirrdAsync(["--user", "--config", Path.Combine(_place, "none.yaml"), "--check-config"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("none.yaml: cannot be read", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_hangup_applies_what_may_change_and_keeps_what_is_wrong_out()
    {
        const int Sighup = 1;
        var file = await WriteAsync("slots: 0\n");
        await using var daemon = await PrivateDaemon.StartAsync("--config", file);
        var id = await daemon.SubmitScriptAsync("true");
        await WriteAsync("slots: none\n");
        Signals.Send(daemon.Pid, Sighup);
        await Eventually.TrueAsync(() => daemon.Log.Contains("was not changed", StringComparison.Ordinal), "the refusal in the log");
        Assert.Equal("queued", await daemon.StateAsync(id));
        await WriteAsync("slots: 1\n");
        Signals.Send(daemon.Pid, Sighup);
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
    }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    private async Task<string> WriteAsync(string yaml)
    {
        var file = Path.Combine(_place, "whirrd.yaml");
        await File.WriteAllTextAsync(file, yaml);
        return file;
    }

    private Task<CommandResult> WhirrdAsync(string[] arguments, params (string Name, string? Value)[] environment) =>
        Command.RunAsync(
            Programs.Whirrd,
            arguments,
            environment.Append(("HOME", _place)).ToDictionary(entry => entry.Item1, entry => entry.Item2));
}
