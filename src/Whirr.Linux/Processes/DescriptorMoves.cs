using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Processes;

/// <summary>The dup2 calls that give a child its descriptors.</summary>
internal sealed class DescriptorMoves : IDisposable
{
    private const int DuplicateCloexec = 1030;

    private readonly List<Fd> _copies = [];

    public DescriptorMoves(IReadOnlyList<(Fd Ours, int Theirs)> descriptors)
    {
        // Above every number that the child gets, one dup2 of the list cannot overwrite the source of the next, and none is a dup2 of a
        // descriptor to itself, which would leave it closed on exec.
        End = descriptors.Select(descriptor => descriptor.Theirs + 1).DefaultIfEmpty().Max();
        Moves = [.. descriptors.Select(descriptor => new Libc.DescriptorMove(SourceOf(descriptor.Ours), descriptor.Theirs))];
    }

    /// <summary>The number after the highest that the child gets.</summary>
    public int End { get; }

    /// <summary>In the order in which they are to be made.</summary>
    public Libc.DescriptorMove[] Moves { get; }

    public void Dispose() => _copies.ForEach(copy => copy.Dispose());

    private int SourceOf(Fd ours)
    {
        if (ours.Number >= End)
        {
            return ours.Number;
        }

        var number = Libc.FCntl(ours.Number, DuplicateCloexec, End);
        var copy = number >= 0 ? new Fd(number) : throw LinuxException.Last("duplicate a descriptor");
        _copies.Add(copy);
        return copy.Number;
    }
}
