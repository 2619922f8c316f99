using System.Diagnostics;
using Whirr.Domain.Ports;
using Whirr.Notices;

namespace Whirr.Tests.Notices;

public sealed class CommandChannelTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task The_program_gets_json_facts_and_no_environment_of_the_daemons()
    {
        Environment.SetEnvironmentVariable("WHIRR_TEST_OF_ENVIRONMENT", "leaks");
        using var hook = new Script("""
            cat > $place/input
            env > $place/environment
            printf '%s' "$1" > $place/argument
            """);
        await SendAsync([hook.Path, "a b; touch $place/x"], Samples.Message(job: Samples.Job(name: "it's; `bad` $(name)")));
        Assert.Equal("""{"text":"hello","id":42}""", hook.Read("input"));
        Assert.Equal("a b; touch $place/x", hook.Read("argument"));
        var environment = hook.Read("environment");
        foreach (var entry in (string[])["WHIRR_EVENT=failure", "WHIRR_JOB_ID=7", "WHIRR_NOTICE_ID=42", "WHIRR_JOB_NAME=it's; `bad` $(name)", "WHIRR_JOB_STATE=failed", "WHIRR_JOB_REASON=exit_code"])
        {
            Assert.Contains(entry, environment, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("leaks", environment, StringComparison.Ordinal);
        Assert.Contains("PATH=/usr/local/sbin:", environment, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_program_that_fails_is_tried_again_and_says_why()
    {
        using var hook = new Script("echo 'no such channel' >&2; exit 3");
        var failure = await FailureAsync(hook);
        Assert.False(failure.IsPermanent);
        Assert.Equal($"{hook.Path} ended with 3: no such channel", failure.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task A_program_that_prints_without_end_is_neither_blocked_nor_kept_in_memory()
    {
        using var hook = new Script("head -c 20000000 /dev/zero | tr '\\0' x; exit 1");
        Assert.InRange((await FailureAsync(hook)).Message.Length, 10, 1000);
    }

    [Fact(Timeout = Limit)]
    public async Task A_program_that_does_not_end_is_killed_with_its_children()
    {
        using var hook = new Script("sleep 1000 & echo $! > $place/child; echo $$ > $place/pid; wait");
        var clock = Stopwatch.StartNew();
        var failure = await FailureAsync(hook, TimeSpan.FromMilliseconds(500));
        Assert.Contains("was killed", failure.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(10));
        foreach (var name in (string[])["pid", "child"])
        {
            var stat = $"/proc/{hook.Read(name).Trim()}/stat";
            Assert.True(!File.Exists(stat) || File.ReadAllText(stat).Contains(") Z", StringComparison.Ordinal), $"{name} lives");
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_daemon_that_stops_does_not_wait_for_the_program()
    {
        using var hook = new Script("echo > $place/started; sleep 1000");
        using var stopping = new CancellationTokenSource();
        var sent = new CommandChannel(() => [hook.Path]).SendAsync("command", Samples.Message(), stopping.Token);
        while (!File.Exists(Path.Combine(hook.Place, "started")))
        {
            await Task.Yield();
        }

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
    }

    [Fact(Timeout = Limit)]
    public async Task A_program_that_is_not_there_or_that_others_may_change_is_not_run()
    {
        using var hook = new Script("echo > $place/ran");
        File.SetUnixFileMode(hook.Path, (UnixFileMode)0b111_111_101);
        Assert.Contains("nobody else may write", (await FailureAsync(hook)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(hook.Place, "ran")));
        File.Delete(hook.Path);
        Assert.Contains("could not be run", (await FailureAsync(hook)).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_program_that_is_not_configured_any_more_takes_nothing()
    {
        var channel = new CommandChannel(() => null);
        Assert.True(channel.Takes("command"));
        var failure = await Assert.ThrowsAsync<NoticeException>(() => channel.SendAsync("command", Samples.Message(), CancellationToken.None));
        Assert.True(failure.IsPermanent);
    }

    private static Task SendAsync(IReadOnlyList<string> argv, NoticeMessage message) => new CommandChannel(() => argv).SendAsync("command", message, CancellationToken.None);

    private static Task<NoticeException> FailureAsync(Script hook, TimeSpan? limit = null) => Assert.ThrowsAsync<NoticeException>(() =>
        new CommandChannel(() => [hook.Path]) { Limit = limit ?? TimeSpan.FromSeconds(20) }.SendAsync("command", Samples.Message(), CancellationToken.None));
}
