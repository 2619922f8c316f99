using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>The system daemon: jobs run as their submitters, who have no power over each other's.</summary>
public sealed class TwoUserTests
{
    private const int Alice = 64_101;
    private const int Bob = 64_102;

    [RootFact(Timeout = 60_000)]
    public async Task A_job_runs_as_its_submitter_and_its_files_belong_to_them()
    {
        await using var daemon = await PrivateDaemon.StartSystemAsync();
        var submitted = await daemon.CtlAsAsync(Alice, "submit", "-q", "--wait", "-C", "/tmp", "--", "/bin/sh", "-c", "id -u; id -g; id -G; echo $HOME");
        Assert.Equal(0, submitted.ExitCode);
        Assert.Equal($"{Alice}\n{Alice}\n{Alice}\n{daemon.Place}", (await daemon.CtlAsAsync(Alice, "logs", "1")).Succeeded);

        var run = (await daemon.StatusAsync(1)).GetProperty("run_dir").GetString()!;
        var owner = await Command.RunAsync("/usr/bin/stat", ["-c", "%u", run, Path.Combine(run, "output.log"), Path.Combine(run, "meta.json"), Path.Combine(run, "config.json")]);
        Assert.Equal($"{Alice}\n{Alice}\n{Alice}\n{Alice}", owner.Succeeded);
    }

    [RootFact(Timeout = 60_000)]
    public async Task Another_user_sees_the_job_but_neither_its_log_nor_its_end()
    {
        await using var daemon = await PrivateDaemon.StartSystemAsync();
        var id = (await daemon.CtlAsAsync(Alice, "submit", "-q", "-C", "/tmp", "--", "/bin/sleep", "1000")).Succeeded;
        Assert.Equal(0, (await daemon.CtlAsAsync(Bob, "status", id)).ExitCode);
        var logs = await daemon.CtlAsAsync(Bob, "logs", id);
        Assert.Equal(1, logs.ExitCode);
        Assert.Contains("root", logs.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await daemon.CtlAsAsync(Bob, "cancel", id)).ExitCode);
        Assert.Equal(1, (await daemon.CtlAsAsync(Bob, "retry", id)).ExitCode);
        Assert.Equal(0, (await daemon.CtlAsAsync(Bob, "cancel", "--all-queued")).ExitCode);
        Assert.Contains(await daemon.StateAsync(long.Parse(id)), (string[])["starting", "running"]);

        Assert.Equal(0, (await daemon.CtlAsAsync(Alice, "cancel", id, "--wait")).ExitCode);
        Assert.Equal("cancelled", await daemon.StateAsync(long.Parse(id)));
    }

    [RootFact(Timeout = 60_000)]
    public async Task A_log_that_its_owner_replaced_by_a_link_is_not_followed()
    {
        await using var daemon = await PrivateDaemon.StartSystemAsync();
        var secret = Path.Combine(daemon.Place, "secret");
        await File.WriteAllTextAsync(secret, "for root only");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        var submitted = await daemon.CtlAsAsync(
            Alice, "submit", "-q", "--wait", "-C", "/tmp", "--", "/bin/sh", "-c", $"rm $WHIRR_RUN_DIR/output.log; ln -s {secret} $WHIRR_RUN_DIR/output.log");
        Assert.Equal(0, submitted.ExitCode);
        var logs = await daemon.CtlAsAsync(Alice, "logs", "1");
        Assert.DoesNotContain("for root only", logs.Output, StringComparison.Ordinal);
    }

    [RootFact(Timeout = 60_000)]
    public async Task A_project_whose_runs_lead_elsewhere_is_written_with_the_rights_of_its_owner_only()
    {
        await using var daemon = await PrivateDaemon.StartSystemAsync("--slots", "1");
        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        await daemon.SubmitScriptAsync($"cat {gate}");
        var runs = Directory.CreateDirectory(Path.Combine(daemon.Place, "project", ".whirr", "runs")).FullName;
        File.SetUnixFileMode(runs, (UnixFileMode)0b111_111_111);
        var id = (await daemon.CtlAsAsync(Alice, "submit", "-q", "-C", Path.Combine(daemon.Place, "project"), "--", "/bin/true")).Succeeded;

        // Between the submit and the start, the place of the runs is exchanged for one that only root may write to.
        var target = Directory.CreateDirectory(Path.Combine(daemon.Place, "roots")).FullName;
        Directory.Delete(runs);
        File.CreateSymbolicLink(runs, target);
        await File.WriteAllTextAsync(gate, "go\n");

        await daemon.CtlAsAsync(Alice, "wait", id);
        Assert.Empty(Directory.EnumerateFileSystemEntries(target));
        Assert.Equal("start_failed", (await daemon.StatusAsync(long.Parse(id))).GetProperty("reason").GetString());
    }
}
