using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>What happened arrives, also when the job, the daemon or the receiver is dead meanwhile.</summary>
public sealed class NoticeTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_failure_reaches_a_webhook_that_was_down_and_a_daemon_that_was_killed_meanwhile()
    {
        var port = Listener.FindPort();
        await using var daemon = await PrivateDaemon.StartAsync("--notify-on", "failure", "--notify-webhook", $"http://127.0.0.1:{port}/secret-part");
        var id = await daemon.SubmitScriptAsync("echo last words; exit 3");
        await Eventually.TrueAsync(() => daemon.Log.Contains("did not arrive", StringComparison.Ordinal), "a notice that did not arrive");
        Assert.DoesNotContain("secret-part", daemon.Log, StringComparison.Ordinal);
        await daemon.KillAsync();

        using var listener = new Listener(port);
        await daemon.StartAgainAsync();
        await Eventually.TrueAsync(() => listener.Posted.Count > 0, "the notice");
        var notice = listener.Posted[0];
        Assert.Equal(("failure", "last words"), (notice.GetProperty("event").GetString(), notice.GetProperty("log_tail").GetString()));
        Assert.Equal((id, "failed", 3), (notice.GetProperty("job").GetProperty("id").GetInt64(), notice.GetProperty("job").GetProperty("state").GetString(), notice.GetProperty("job").GetProperty("exit_code").GetInt32()));
        Assert.StartsWith($"whirr: job {id} (sh) failed: the command exited with code 3 (exit_code)", notice.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_killed_between_the_end_of_a_job_and_the_delivery_delivers_after_its_restart_under_the_same_id()
    {
        await using var daemon = PrivateDaemon.Prepare();
        var hook = WriteScript(daemon.Place, "hook", $"cat >>{daemon.Place}/told; echo >>{daemon.Place}/told; [ -e {daemon.Place}/go ] || exec sleep 25");
        await File.WriteAllTextAsync(Path.Combine(daemon.Place, "config"), $"notify_on: end\nnotify_command: {hook}\n");
        await using var running = await PrivateDaemon.StartAsync("--config", Path.Combine(daemon.Place, "config"));
        var id = await running.SubmitScriptAsync("true");
        await Eventually.TrueAsync(() => Told(daemon.Place).Count == 1, "the first delivery");
        await running.KillAsync();
        await File.WriteAllTextAsync(Path.Combine(daemon.Place, "go"), "");
        await running.StartAgainAsync();
        await Eventually.TrueAsync(() => Told(daemon.Place).Count == 2, "the second delivery");
        Assert.All(Told(daemon.Place), told => Assert.Equal((id, 1), (told.GetProperty("job").GetProperty("id").GetInt64(), told.GetProperty("id").GetInt32())));

        // Delivered for good: the next notice is about the next job.
        await running.StopAsync();
        await running.StartAgainAsync();
        var next = await running.SubmitScriptAsync("true");
        await Eventually.TrueAsync(() => Told(daemon.Place).Count == 3, "the notice about the next job");
        Assert.Equal((next, 2), (Told(daemon.Place)[2].GetProperty("job").GetProperty("id").GetInt64(), Told(daemon.Place)[2].GetProperty("id").GetInt32()));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_owner_of_a_job_gets_mail_as_soon_as_a_reload_says_so()
    {
        await using var place = PrivateDaemon.Prepare();
        var sendmail = WriteScript(place.Place, "sendmail", $"cat >{place.Place}/letter.$$ && mv {place.Place}/letter.$$ {place.Place}/letter");
        var config = Path.Combine(place.Place, "config");
        await File.WriteAllTextAsync(config, $"sendmail: {sendmail}\n");
        await using var daemon = await PrivateDaemon.StartAsync("--config", config);
        Assert.Equal(1, (await daemon.CtlAsync("submit", "-q", "--wait", "--", "/bin/false")).ExitCode);

        await File.AppendAllTextAsync(config, "notify_on: failure\nnotify_mail: owner\nnotify_log_lines: 5\n");
        Signals.Send(daemon.Pid, 1);
        await Eventually.TrueAsync(() => daemon.Log.Contains("the configuration was read again", StringComparison.Ordinal), "the reload");
        var id = await daemon.SubmitScriptAsync("echo ümlaut; exit 1");
        var letter = await Eventually.ContentAsync(Path.Combine(place.Place, "letter"));
        Assert.StartsWith($"To: {Environment.UserName}\nSubject: whirr: job {id} (sh) failed: the command exited with code 1 (exit_code)\n", letter, StringComparison.Ordinal);
        Assert.Contains("  | =C3=BCmlaut\n", letter, StringComparison.Ordinal);
        Assert.Contains($"whirrctl logs {id}", letter, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_that_hangs_holds_nothing_up()
    {
        await using var place = PrivateDaemon.Prepare();
        var hook = WriteScript(place.Place, "hook", $"echo $$ >{place.Place}/hangs; exec sleep 29");
        await using var daemon = await PrivateDaemon.StartAsync("--notify-on", "end,queue_empty", "--notify-command", hook);
        var first = await daemon.SubmitScriptAsync("true");
        await Eventually.ContentAsync(Path.Combine(place.Place, "hangs"));
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => daemon.SubmitScriptAsync("true")));
        Assert.Equal(0, (await daemon.CtlAsync(["wait", .. ids.Append(first).Select(id => $"{id}")])).ExitCode);

        // It is killed with the daemon's end, not waited for.
        var hanging = int.Parse(await Eventually.ContentAsync(Path.Combine(place.Place, "hangs")));
        Assert.True(Eventually.IsAlive(hanging));
        Assert.Equal(0, await daemon.StopAsync());
        await Eventually.GoneAsync(hanging);
    }

    private static List<JsonElement> Told(string place)
    {
        var file = Path.Combine(place, "told");
        return !File.Exists(file) ? [] : [.. File.ReadAllText(file).Split('\n').SkipLast(1).Where(line => line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string WriteScript(string place, string name, string text)
    {
        var path = Path.Combine(place, name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }
}
