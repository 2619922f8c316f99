using Google.Protobuf;
using Whirr.Protocol.V1;

namespace Whirr.Bench.Load;

/// <summary>Jobs as users submit them: a command of a few words, some labels, an environment of 3 KiB.</summary>
internal static class TypicalJob
{
    /// <summary>The same for each of them, as for the jobs of one shell.</summary>
    public static ByteString Environment { get; } = ByteString.CopyFromUtf8(
        "PATH=/usr/local/bin:/usr/bin:/bin\0HOME=/tmp\0"
        + string.Concat(Enumerable.Range(0, 40).Select(number => $"VARIABLE_NUMBER_{number}=/a/value/of/the/usual/length/with/a/few/parts/{number}\0")));

    public static JobSpec Spec() => Spec("python3", "train.py", "--lr", "0.001", "--epochs", "90");

    public static JobSpec Spec(params string[] command) => new()
    {
        Uid = $"{Guid.CreateVersion7()}",
        Name = "train resnet",
        Tags = { "vision", "baseline" },
        CommandArgv = { command },
        Workdir = "/tmp",
        ConfigJson = """{"lr":0.001,"epochs":90}""",
    };
}
