using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>Looks into run directories as their owner would: never with rights that the owner lacks, at nothing that is somebody else's.</summary>
public interface IRunFiles
{
    /// <summary>The daemon's own directory of runs of a user.</summary>
    string DefaultRootOf(JobOwner owner);

    /// <summary>The one path of a directory that may have several (links on the way are the owner's business); null: it is not there.</summary>
    /// <exception cref="IOException">The owner may not get there.</exception>
    string? Resolve(JobOwner owner, string root);

    /// <summary>The users who have a directory of runs of the daemon's, with no groups; empty where the daemon has one for itself alone.</summary>
    IReadOnlyList<JobOwner> OwnersHere();

    /// <summary>Looks at every run directory in <paramref name="root"/>, and reads those that are not as they were. Returns when all are looked at,
    /// <paramref name="cancellation"/> says stop (what is left is then told as a problem), or never, when the file system hangs.</summary>
    /// <param name="owner">Whose runs.</param>
    /// <param name="root">As <see cref="Resolve"/> names it.</param>
    /// <param name="known">What is in the index.</param>
    /// <param name="found">Gets what is new or changed, a few at a time, on the calling thread.</param>
    /// <param name="cancellation">Ends the look.</param>
    RunScan Scan(JobOwner owner, string root, IReadOnlyList<KnownRun> known, Action<IReadOnlyList<FoundRun>> found, CancellationToken cancellation);
}

/// <summary>What a look at a directory of runs came to.</summary>
/// <param name="Gone">Runs that were known and are not there any more.</param>
/// <param name="Problems">What could not be looked at, in sentences.</param>
public sealed record RunScan(IReadOnlyList<string> Gone, IReadOnlyList<string> Problems);
