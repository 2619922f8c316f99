using System.Runtime.InteropServices;
using System.Text;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Exec;

/// <summary>What the step that becomes the job tells the keeper through a pipe.</summary>
/// <remarks>
/// The pipe is closed by a successful exec, so its end is the good news. To tell that from a step that died before, a byte and the facts go
/// ahead of the call of execve. A failure follows as text: stage, error number, sentence, a line each. Writer and reader are one program.
/// </remarks>
internal sealed class StartReport
{
    private const byte Executing = 1;

    private readonly List<byte> _received = [];

    private bool HasFacts => _received.Count > StartFacts.Bytes && _received[0] == Executing;

    /// <summary>True when the other end is closed.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>True when the command was started.</summary>
    public bool Executed => IsComplete && HasFacts && _received.Count == 1 + StartFacts.Bytes;

    /// <summary>What the run was like before; null when it did not get so far.</summary>
    public StartFacts? Facts => HasFacts ? StartFacts.Read(CollectionsMarshal.AsSpan(_received)[1..]) : null;

    /// <summary>Why it was not; null when it was, or when the other side died without a word.</summary>
    public StartFailure? Failure
    {
        get
        {
            var text = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_received)[(HasFacts ? 1 + StartFacts.Bytes : 0)..]);
            return text.Split('\n', 3) is [var stage, var errno, var sentence] && int.TryParse(errno, out var number)
                ? new StartFailure(stage, number, sentence)
                : null;
        }
    }

    /// <summary>Says that the next thing is execve.</summary>
    public static void WriteExecuting(Fd pipe, StartFacts facts)
    {
        Span<byte> message = stackalloc byte[1 + StartFacts.Bytes];
        message[0] = Executing;
        facts.WriteTo(message[1..]);
        pipe.WriteAll(message);
    }

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
