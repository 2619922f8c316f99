namespace Whirr.Tests.Runners;

/// <summary>The process group, and the keeper that inherits every orphan.</summary>
[Trait("needs", "programs")]
public sealed class WholeTreeWithoutCgroupTests : WholeTreeTests
{
    private const int Limit = 60_000;

    protected override string? CgroupRoot => null;

    [Fact(Timeout = Limit)]
    public Task A_daemon_with_a_session_of_its_own_and_closed_files_ends_with_its_job() =>
        EndsWithItsJobAsync("PROGRAM", "leave-closed");

    [Fact(Timeout = Limit)]
    public Task A_process_that_does_not_hear_hangups_ends_with_its_job() =>
        EndsWithItsJobAsync("sh", "-c", "nohup PROGRAM sleep >/dev/null 2>&1 & exit 0");

    [Fact(Timeout = Limit)]
    public Task A_stopped_process_ends_with_its_job() =>
        EndsWithItsJobAsync("bash", "-c", "PROGRAM sleep & kill -STOP $!; exit 0");

    [Fact(Timeout = Limit)]
    public Task A_process_that_ignores_SIGTERM_ends_with_its_job() =>
        EndsWithItsJobAsync("PROGRAM", "leave", "ignore-term");

    [Fact(Timeout = Limit)]
    public Task Stopped_and_deaf_processes_end_with_a_cancelled_job() =>
        EndsWithCancelAsync("ready", "bash", "-c", "PROGRAM sleep & kill -STOP $!; PROGRAM ignore-term & PROGRAM leave-closed; echo ready; wait");

    [Fact(Timeout = Limit)]
    public Task A_chain_that_forks_and_exits_ends_with_its_job() =>
        EndsWithItsJobAsync("sh", "-c", "PROGRAM chain & exit 0");

    [Fact(Timeout = Limit)]
    public Task A_chain_of_sessions_that_forks_and_exits_ends_with_its_job() =>
        EndsWithItsJobAsync("sh", "-c", "PROGRAM chain-of-sessions & sleep 0.1; exit 0");

    [Fact(Timeout = Limit)]
    public Task Chains_end_with_a_cancelled_job() =>
        EndsWithCancelAsync("ready", "sh", "-c", "PROGRAM chain & PROGRAM chain-of-sessions & PROGRAM chain-of-sessions & echo ready; sleep 1000");
}
