using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Remembers that no job is to be started, or that jobs are started again.</summary>
internal static class SetHold
{
    public static int Run(WriteSession session, QueueHold? hold) => hold is null
        ? session.Prepare(Queries.ClearHold).Execute()
        : session.Prepare(Queries.SetHold).Bind("set_by", hold.By).Bind("set_at", hold.At).Bind("why", hold.Why).Execute();
}
