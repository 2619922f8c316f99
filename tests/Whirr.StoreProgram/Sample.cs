using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.StoreProgram;

/// <summary>Jobs as a user would submit them: a command of a few words, an environment of 3 KiB.</summary>
internal static class Sample
{
    private static readonly JobOwner Owner = new(1000, 1000, [4, 24, 27, 1000], "ada");

    public static byte[] Environment { get; } = Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 40).Select(index => $"VARIABLE_NUMBER_{index}=/a/value/of/the/usual/length/with/a/few/parts/{index}\0")));

    public static NewJob Job() => new(
        new JobSettings
        {
            Uid = Guid.CreateVersion7(),
            Name = "train resnet",
            Tags = ["vision", "baseline"],
            CommandArgv = ["python3", "train.py", "--lr", "0.001", "--epochs", "90"],
            Workdir = "/home/ada/experiments/resnet",
            ConfigJson = """{"lr":0.001,"epochs":90}""",
            KillGracePeriod = TimeSpan.FromSeconds(10),
            OnLost = OnLost.Requeue,
            OnDaemonLoss = OnDaemonLoss.Keep,
            MaxAttempts = 3,
        },
        Owner,
        Environment,
        TimeProvider.System.GetUtcNow());
}
