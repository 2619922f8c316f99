using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>Removes the run directories of ended jobs, with the rights of their owners and no others.</summary>
public interface IRunDirectories
{
    /// <summary>Removes the run directory of a job, or only measures it. A directory that is not, or not any more, that of the job is left alone.</summary>
    Task<RunRemoval> RemoveAsync(Job job, bool measureOnly, CancellationToken cancellation);
}

/// <summary>What came of a removal.</summary>
/// <param name="Existed">There was a run directory of this job.</param>
/// <param name="Bytes">Space that it took on the disk.</param>
/// <param name="Problem">Why it is not, or not wholly, removed, in a sentence; null when all is well.</param>
public sealed record RunRemoval(bool Existed, long Bytes, string? Problem);
