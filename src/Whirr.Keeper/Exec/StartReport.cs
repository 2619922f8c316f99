using System.Text;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Exec;

/// <summary>What the step that becomes the job tells the keeper through a pipe.</summary>
/// <remarks>
/// The pipe is closed by a successful exec, so its end is the good news. To tell that from a step that died before, a byte goes ahead of
/// the call of execve. A failure follows as text: stage, error number, sentence, a line each.
/// </remarks>
internal sealed class StartReport
{
    private const byte Executing = 1;

    private readonly List<byte> _received = [];

    /// <summary>True when the other end is closed.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>True when the command was started.</summary>
    public bool Executed => IsComplete && _received is [Executing];

    /// <summary>Why it was not; null when it was, or when the other side died without a word.</summary>
    public StartFailure? Failure
    {
        get
        {
            var text = Encoding.UTF8.GetString([.. _received.SkipWhile(first => first == Executing)]);
            return text.Split('\n', 3) is [var stage, var errno, var sentence] && int.TryParse(errno, out var number)
                ? new StartFailure(stage, number, sentence)
                : null;
        }
    }

    /// <summary>Says that the next thing is execve.</summary>
    public static void WriteExecuting(Fd pipe) => pipe.WriteAll([Executing]);

    /// <summary>Says why there will be no job.</summary>
    public static void WriteFailure(Fd pipe, StartFailure failure) =>
        pipe.WriteAll(Encoding.UTF8.GetBytes($"{failure.Stage}\n{failure.Errno}\n{failure.Sentence}"));

    /// <summary>Reads what is there; true when that was all.</summary>
    public bool ReadFrom(Fd pipe)
    {
        Span<byte> buffer = stackalloc byte[512];
        int count;
        while ((count = pipe.Read(buffer)) > 0)
        {
            _received.AddRange(buffer[..count]);
        }

        return IsComplete = count == 0;
    }
}
