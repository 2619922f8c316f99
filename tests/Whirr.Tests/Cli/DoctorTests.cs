using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Machine;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

/// <summary>What <c>doctor</c> makes of what it is told; the broken installations of the end-to-end tests are real.</summary>
public sealed class DoctorTests : IAsyncLifetime
{
    private readonly Dictionary<string, ProgramAnswer> _programs = [];
    private FakeDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await FakeDaemon.StartAsync();
        _daemon.Info.Reply.StateDir = _daemon.Info.Reply.RunsDir = _daemon.Place;
    }

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData(0x180u, 1000u, "wal", "ok")]
    [InlineData(0x1A4u, 1000u, "wal", "warn", "others may read")]
    [InlineData(0x1B6u, 1000u, "wal", "fail", "others may write")]
    [InlineData(0x180u, 0u, "wal", "fail", "belongs to root, and whirrd runs as uid 1000")]
    [InlineData(0u, 0u, "wal", "fail", "gone from under the daemon")]
    [InlineData(0x180u, 1000u, "delete", "warn", "journal mode delete")]
    public async Task The_database_is_private_and_in_its_journal_mode(uint mode, uint owner, string journal, string result, string detail = "mode 0600")
    {
        var info = _daemon.Info.Reply;
        (info.Database, info.DatabaseMode, info.DatabaseUid, info.Uid, info.JournalMode) = ("/var/lib/whirr/daemon/whirr.db", mode, owner, 1000, journal);
        await ExpectAsync("database", result, detail.Replace("uid 1000", Users.Name(1000), StringComparison.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(10_000, 1_000, "ok")]
    [InlineData(1_500, 1_000, "warn")]
    [InlineData(999, 1_000, "fail", "no job is started")]
    [InlineData(100, 0, "ok")]
    [InlineData(50, 0, "fail", "about to be lost")]
    public async Task Space_is_judged_by_what_must_stay_free(long freeMebibytes, long reserveMebibytes, string result, string part = "free")
    {
        _daemon.Info.Reply.Disks.Add(new DiskPlace { Path = _daemon.Place, FreeBytes = (ulong)freeMebibytes << 20, TotalBytes = 1UL << 40, ReserveBytes = (ulong)reserveMebibytes << 20 });
        await ExpectAsync("runs", result, part);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0, "ok", "yours")]
    [InlineData(-60, "warn", "behind yours")]
    [InlineData(60, "warn", "ahead of yours")]
    public async Task A_daemon_in_another_time_is_noticed(int seconds, string result, string part)
    {
        _daemon.Info.Reply.Now = TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToTimestamp();
        await ExpectAsync("skew", result, part);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true, "ok")]
    [InlineData(false, "warn")]
    public async Task A_clock_that_nobody_keeps_is_noticed(bool kept, string result) =>
        await ExpectAsync("ntp", result, "the clock", new MachineFacts { ClockIsKept = kept, HasCgroup2 = true });

    [Theory(Timeout = 30_000)]
    [InlineData("loaded", "active", "enabled", "4242", "ok", "active")]
    [InlineData("loaded", "active", "disabled", "4242", "warn", "not started at boot", "`systemctl enable whirrd`")]
    [InlineData("loaded", "active", "enabled", "17", "warn", "there are two")]
    [InlineData("loaded", "failed", "enabled", "0", "fail", "has failed (exit-code)", "`journalctl -u whirrd -n 50` says why")]
    [InlineData("loaded", "inactive", "enabled", "0", "note", "started by hand")]
    [InlineData("not-found", "inactive", "", "0", "note", "not installed")]
    public async Task The_unit_of_the_daemon_is_looked_at(string load, string active, string file, string pid, string result, string detail, string? advice = null)
    {
        (_daemon.Info.Reply.Mode, _daemon.Info.Reply.Pid) = ("system", 4242);
        Unit("whirrd.service", load, active, file, pid);
        Unit("whirr-jobs.service", "loaded", "active", "enabled", "1");
        var finding = await ExpectAsync("units", result, detail, new MachineFacts { HasSystemd = true, HasCgroup2 = true });
        Assert.Contains(advice ?? "", finding.GetProperty("advice").GetString() ?? "", StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("loaded", "inactive", "warn", "no control groups")]
    [InlineData("loaded", "failed", "fail", "has failed")]
    [InlineData("not-found", "inactive", "warn", "not installed")]
    [InlineData("loaded", "active", "ok", "active")]
    public async Task The_unit_of_the_jobs_is_looked_at(string load, string active, string result, string detail)
    {
        (_daemon.Info.Reply.Mode, _daemon.Info.Reply.Pid) = ("system", 4242);
        Unit("whirrd.service", "loaded", "active", "enabled", "4242");
        Unit("whirr-jobs.service", load, active, "enabled", "1");
        await ExpectAsync("jobs_unit", result, detail, new MachineFacts { HasSystemd = true, HasCgroup2 = true });
    }

    [Fact(Timeout = 30_000)]
    public async Task A_daemon_of_a_user_who_does_not_linger_ends_with_the_login()
    {
        _daemon.Info.Reply.Pid = 4242;
        Unit("whirrd.service", "loaded", "active", "enabled", "4242", "--user ");
        Unit("whirr-jobs.service", "loaded", "active", "enabled", "1", "--user ");
        _programs[$"loginctl show-user {Users.Name(Users.Caller)} --property=Linger"] = new ProgramAnswer(0, "Linger=no\n");
        await ExpectAsync("linger", "warn", "last login", new MachineFacts { HasSystemd = true, HasCgroup2 = true });
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0, "NVIDIA A100\nNVIDIA A100\n", "ok", "2 x NVIDIA A100")]
    [InlineData(0, "", "note", "sees no GPU")]
    [InlineData(9, "NVIDIA-SMI has failed\n", "warn", "exit code 9: NVIDIA-SMI has failed")]
    [InlineData(-1, "", "warn", "does not answer")]
    public async Task Gpus_are_counted(int code, string output, string result, string detail)
    {
        _programs["nvidia-smi --query-gpu=name --format=csv,noheader"] = new ProgramAnswer(code, output);
        await ExpectAsync("gpu", result, detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_control_group_without_a_controller_is_noticed()
    {
        var group = Directory.CreateDirectory(Path.Combine(_daemon.Place, "group")).FullName;
        await File.WriteAllTextAsync(Path.Combine(group, "cgroup.controllers"), "cpu pids\n");
        _daemon.Info.Reply.Cgroup = group;
        await ExpectAsync("cgroup", "warn", "lacks memory");
        await File.WriteAllTextAsync(Path.Combine(group, "cgroup.controllers"), "cpuset cpu io memory pids\n");
        await ExpectAsync("cgroup", "ok", "has memory, cpu, pids");
    }

    [Fact(Timeout = 30_000)]
    public async Task On_a_terminal_lines_are_broken_between_words_beside_the_names()
    {
        _daemon.Info.Reply.Containment = "process_group";
        using var cli = Cli(new MachineFacts(), columns: 80);
        Assert.Equal(0, await cli.RunAsync("doctor"));
        var lines = cli.Output.TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Contains(lines, line => line.StartsWith("warning  containment   process_group: ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith(new string(' ', 23) + "to mend: ", StringComparison.Ordinal));
        Assert.Equal("1 warning (containment), 4 notes", lines[^1]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_program_that_is_asked_has_its_end_told()
    {
        Assert.Equal(new ProgramAnswer(3, "out\n"), ProgramRun.Ask("sh", ["-c", "echo out; echo err >&2; exit 3"]));
        Assert.Null(ProgramRun.Ask("no-such-program-of-whirr", []));
        await Task.CompletedTask;
    }

    private void Unit(string unit, string load, string active, string file, string pid, string manager = "") =>
        _programs[$"systemctl {manager}show --property=LoadState,ActiveState,SubState,UnitFileState,Result,MainPID {unit}"] = new ProgramAnswer(
            0, $"Result={(active == "failed" ? "exit-code" : "success")}\nMainPID={pid}\nLoadState={load}\nActiveState={active}\nSubState=x\nUnitFileState={file}\n");

    private async Task<JsonElement> ExpectAsync(string name, string result, string detail, MachineFacts? machine = null)
    {
        using var cli = Cli(machine ?? new MachineFacts { HasCgroup2 = true });
        var code = await cli.RunAsync("doctor", "--json");
        using var json = JsonDocument.Parse(cli.Output);
        var finding = Assert.Single(json.RootElement.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == name).Clone();
        Assert.Equal(result, finding.GetProperty("result").GetString());
        Assert.Contains(detail, finding.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.True(result is "ok" or "note" || finding.GetProperty("advice").GetString() is { Length: > 0 });
        Assert.Equal(json.RootElement.GetProperty("failures").GetInt32() > 0, code == 1);
        return finding;
    }

    private CommandLine Cli(MachineFacts machine, int? columns = null) => new()
    {
        Socket = _daemon.Socket,
        Directory = _daemon.Place,
        Machine = machine,
        Columns = columns,
        Ask = (name, arguments) => _programs.TryGetValue($"{name} {string.Join(' ', arguments)}", out var answer) ? answer : null,
    };
}
