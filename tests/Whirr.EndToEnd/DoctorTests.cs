using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>Installations that are really broken, and what <c>doctor</c> says of them.</summary>
public sealed class DoctorTests
{
    [Fact(Timeout = 60_000)]
    public async Task All_is_well_with_a_daemon_that_is_well()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--min-free-space", "0");
        var (code, findings) = await LookAsync(daemon);
        Assert.Equal(0, code);
        Assert.All(findings.Values, finding => Assert.NotEqual("fail", finding.Result));
        foreach (var name in new[] { "socket", "daemon", "version", "keeper", "you", "slots", "state", "runs", "database", "clock", "skew" })
        {
            Assert.Equal("ok", findings[name].Result);
        }

        Assert.Contains("mode 0600", findings["database"].Detail, StringComparison.Ordinal);
        Assert.Contains("journal wal", findings["database"].Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_a_daemon_it_says_that_there_is_no_socket_and_how_to_start_one()
    {
        await using var daemon = PrivateDaemon.Prepare();
        var (code, findings) = await LookAsync(daemon);
        Assert.Equal(1, code);
        Assert.Equal("fail", findings["socket"].Result);
        Assert.Contains($"there is no {daemon.Socket}", findings["socket"].Detail, StringComparison.Ordinal);
        Assert.Contains("whirrd --user", findings["socket"].Advice, StringComparison.Ordinal);
        Assert.Equal("ok", findings["clock"].Result);
        Assert.Equal("ok", findings["keeper"].Result);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_socket_that_a_killed_daemon_left_is_stale()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        await daemon.KillAsync();
        var (code, findings) = await LookAsync(daemon);
        Assert.Equal(1, code);
        Assert.Contains("is stale", findings["socket"].Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_in_the_place_of_the_socket_is_named()
    {
        await using var daemon = PrivateDaemon.Prepare();
        await File.WriteAllTextAsync(daemon.Socket, "");
        Assert.Contains("is no socket", (await LookAsync(daemon)).Findings["socket"].Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_database_that_others_may_read_or_write_is_told_with_the_command_that_mends_it()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--min-free-space", "0");
        File.SetUnixFileMode(daemon.Database, (UnixFileMode)0b110_100_100);
        var (code, findings) = await LookAsync(daemon);
        Assert.Equal((0, "warn"), (code, findings["database"].Result));
        Assert.Equal($"`chmod 600 {daemon.Database}*`", findings["database"].Advice);
        File.SetUnixFileMode(daemon.Database, (UnixFileMode)0b110_110_110);
        (code, findings) = await LookAsync(daemon);
        Assert.Equal((1, "fail"), (code, findings["database"].Result));
        var mended = await Command.RunAsync("/bin/sh", ["-c", findings["database"].Advice!.Trim('`')]);
        Assert.Equal(0, mended.ExitCode);
        Assert.Equal("ok", (await LookAsync(daemon)).Findings["database"].Result);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_keeper_of_another_version_and_one_that_is_none_are_told_apart()
    {
        var place = Directory.CreateTempSubdirectory("whirr-keeper-").FullName;
        var keeper = Path.Combine(place, "whirr-keeper");
        await WriteProgramAsync(keeper, "echo whirr-keeper 9.9.9");
        await using (var daemon = await PrivateDaemon.StartAsync("--keeper", keeper, "--min-free-space", "0"))
        {
            var (code, findings) = await LookAsync(daemon);
            Assert.Equal((0, "warn"), (code, findings["keeper"].Result));
            Assert.Contains("whirr-keeper 9.9.9, whirrd ", findings["keeper"].Detail, StringComparison.Ordinal);
            await WriteProgramAsync(keeper, "echo hello");
            (code, findings) = await LookAsync(daemon);
            Assert.Equal((1, "fail"), (code, findings["keeper"].Result));
        }

        Directory.Delete(place, recursive: true);
    }

    [RootFact(Timeout = 60_000)]
    public async Task A_small_disk_that_is_nearly_full_is_a_problem_until_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var daemon = await PrivateDaemon.StartAsync("--runs-dir", Path.Combine(disk.Place, "runs"));
        Assert.NotEqual("fail", (await LookAsync(daemon)).Findings["runs"].Result);
        await disk.FillAsync();
        var (code, findings) = await LookAsync(daemon);
        Assert.Equal((1, "fail"), (code, findings["runs"].Result));
        Assert.Contains("no job is started", findings["runs"].Detail, StringComparison.Ordinal);
        disk.Free();
        Assert.NotEqual("fail", (await LookAsync(daemon)).Findings["runs"].Result);
    }

    [Fact(Timeout = 60_000)]
    public async Task GPU_tools_that_fail_are_told_and_those_that_work_are_counted()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--min-free-space", "0");
        var tools = Directory.CreateDirectory(Path.Combine(daemon.Place, "tools")).FullName;
        await WriteProgramAsync(Path.Combine(tools, "nvidia-smi"), "echo 'NVIDIA-SMI has failed'; exit 9");
        var (_, findings) = await LookAsync(daemon, tools);
        Assert.Equal(("warn", "nvidia-smi fails with exit code 9: NVIDIA-SMI has failed"), (findings["gpu"].Result, findings["gpu"].Detail));
        await WriteProgramAsync(Path.Combine(tools, "nvidia-smi"), "echo 'NVIDIA A100'; echo 'NVIDIA A100'");
        Assert.Equal("2 x NVIDIA A100", (await LookAsync(daemon, tools)).Findings["gpu"].Detail);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_python_package_is_the_one_that_scripts_would_find()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--min-free-space", "0");
        var found = (await LookAsync(daemon, environment: new() { ["PYTHONPATH"] = Programs.PythonPackage })).Findings["python"];
        Assert.Equal("ok", found.Result);
        Assert.Contains(Programs.PythonPackage, found.Detail, StringComparison.Ordinal);
        var other = Directory.CreateDirectory(Path.Combine(daemon.Place, "other", "whirr"));
        await File.WriteAllTextAsync(Path.Combine(other.FullName, "__init__.py"), "__version__ = '0.0.1'\n");
        Assert.Equal("warn", (await LookAsync(daemon, environment: new() { ["PYTHONPATH"] = other.Parent!.FullName })).Findings["python"].Result);

        // A directory of that name where one stands is not the package.
        Assert.Equal("note", (await LookAsync(daemon, directory: other.Parent.FullName, environment: new() { ["PYTHONPATH"] = "" })).Findings["python"].Result);
    }

    private static async Task WriteProgramAsync(string path, string script)
    {
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private static async Task<(int Code, Dictionary<string, Seen> Findings)> LookAsync(
        PrivateDaemon daemon, string? tools = null, Dictionary<string, string?>? environment = null, string? directory = null)
    {
        var variables = environment ?? [];
        variables["PATH"] = $"{tools}{(tools is null ? "" : ":")}{Environment.GetEnvironmentVariable("PATH")}";
        var answer = await daemon.CtlAsync(["doctor", "--json"], input: null, directory, variables);
        using var json = JsonDocument.Parse(answer.Output);
        var findings = json.RootElement.GetProperty("checks").EnumerateArray()
            .GroupBy(check => check.GetProperty("name").GetString()!)
            .ToDictionary(group => group.Key, group => group.First().Deserialize<Seen>(JsonSerializerOptions.Web)!);
        return (answer.ExitCode, findings);
    }

    private sealed record Seen(string Result, string Detail, string? Advice);
}
