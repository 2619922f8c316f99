using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Empties the index of runs.</summary>
internal static class ForgetRuns
{
    public static int Run(WriteSession session, uint? ownerUid)
    {
        session.Prepare(Queries.DeleteRunTextsOf).Bind("owner_uid", ownerUid).Execute();
        return session.Prepare(Queries.DeleteRunsOf).Bind("owner_uid", ownerUid).Execute();
    }
}
