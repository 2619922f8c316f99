using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>Jobs that cannot start end as failed with a sentence that helps, and the daemon goes on.</summary>
public sealed class StartFailureTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_missing_program_is_named()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var job = await EndAsync(daemon, "trian.py");
        Assert.Contains("trian.py", job.GetProperty("reason_detail").GetString()!, StringComparison.Ordinal);
        Assert.Contains("trian.py", (await daemon.CtlAsync("logs", "1")).Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_working_directory_that_is_gone_when_the_job_starts_is_named()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "1");
        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        await daemon.SubmitScriptAsync($"cat {gate}");
        var gone = Directory.CreateDirectory(Path.Combine(daemon.Place, "gone")).FullName;
        var id = long.Parse((await daemon.CtlAsync(["submit", "-q", "--", "/bin/true"], input: null, directory: gone)).Succeeded);
        Directory.Delete(gone);
        await File.WriteAllTextAsync(gate, "go\n");

        Assert.NotEqual(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        var job = await daemon.StatusAsync(id);
        Assert.Equal("start_failed", job.GetProperty("reason").GetString());
        Assert.Contains(gone, job.GetProperty("reason_detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_without_permission_to_execute_is_named()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var file = Path.Combine(daemon.Place, "script.sh");
        await File.WriteAllTextAsync(file, "#!/bin/sh\n");
        var job = await EndAsync(daemon, file);
        Assert.Contains(file, job.GetProperty("reason_detail").GetString()!, StringComparison.Ordinal);
        Assert.Contains("ermission", job.GetProperty("reason_detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_mebibyte_of_arguments_runs()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var argument = new string('x', 100_000);
        string[] many = [.. Enumerable.Repeat(argument, 10), new string('y', 48_576)];
        var line = JsonSerializer.Serialize(new { argv = (string[])["/bin/sh", "-c", "echo $#", "sh", .. many] });
        var submitted = await daemon.CtlAsync(["submit", "--from", "-"], line);
        Assert.Equal(0, submitted.ExitCode);
        Assert.Equal(0, (await daemon.CtlAsync("wait", "1")).ExitCode);
        Assert.Equal("11", (await daemon.CtlAsync("logs", "1")).Succeeded);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("\u001b[2J")]
    public async Task A_name_with_control_characters_is_refused(string name)
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var refused = await daemon.CtlAsync(["submit", "--from", "-"], JsonSerializer.Serialize(new { argv = new[] { "/bin/true" }, name }));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("control character", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
    }

    /// <summary>Submits a command, sees it fail to start, and the next job run.</summary>
    private static async Task<JsonElement> EndAsync(PrivateDaemon daemon, string program)
    {
        var id = long.Parse((await daemon.CtlAsync("submit", "-q", "--", program)).Succeeded);
        Assert.NotEqual(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        var job = await daemon.StatusAsync(id);
        Assert.Equal("failed", job.GetProperty("state").GetString());
        Assert.Equal("start_failed", job.GetProperty("reason").GetString());
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
        return job;
    }
}
