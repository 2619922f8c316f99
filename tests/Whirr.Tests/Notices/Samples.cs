using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Notices;

/// <summary>A job and a notice about it.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Morning = new(2026, 11, 23, 4, 58, 12, TimeSpan.Zero);
    public static readonly JobOwner Alice = new(1000, 1000, [1000], "alice");

    public static Job Job(string name = "train.py", NoticeSettings? notices = null) => new()
    {
        Id = 7,
        Settings = new JobSettings
        {
            Uid = Guid.CreateVersion7(),
            Name = name,
            CommandArgv = ["python", name],
            Workdir = "/work",
            KillGracePeriod = TimeSpan.FromSeconds(10),
            OnLost = OnLost.Requeue,
            OnDaemonLoss = OnDaemonLoss.Keep,
            MaxAttempts = 3,
            Notices = notices,
        },
        Owner = Alice,
        State = JobState.Failed,
        Reason = EndReason.ExitCode,
        ReasonDetail = "the command exited with code 1",
        CreatedAt = Morning.AddHours(-9),
        FinishedAt = Morning,
    };

    public static NoticeMessage Message(string subject = "whirr: job 7 (train.py) failed", string body = "Job 7 failed\n", Job? job = null) =>
        new(42, "failure", Morning, job ?? Job(), subject, body, Encoding.UTF8.GetBytes("""{"text":"hello","id":42}"""));

    public static JobEvent Event(JobTrigger trigger, JobState from, JobState to, EndReason reason = EndReason.None, string? detail = null, long seq = 9) =>
        new() { Seq = seq, JobId = 7, At = Morning, Trigger = trigger, From = from, To = to, Reason = reason, Detail = detail, Attempt = 1 };
}
