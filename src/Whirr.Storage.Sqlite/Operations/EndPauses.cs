using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Columns;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Lets jobs be claimed whose pause is over.</summary>
internal static class EndPauses
{
    /// <returns>How many did pause.</returns>
    public static int Run(WriteSession session, IReadOnlyList<long> jobIds) => jobIds.Sum(id =>
        session.Prepare(Queries.EndPause).Bind("job_id", id).Bind("pausing", (int)Blocks.Pausing).Execute());
}
