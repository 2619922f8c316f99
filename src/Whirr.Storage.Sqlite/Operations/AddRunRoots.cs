using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Remembers where users have runs.</summary>
internal static class AddRunRoots
{
    public static int Run(WriteSession session, IReadOnlyList<RunRoot> roots)
    {
        foreach (var root in roots)
        {
            RunOne(session, root);
        }

        return roots.Count;
    }

    public static void RunOne(WriteSession session, RunRoot root) => session.Prepare(Queries.InsertRunRoot)
        .Bind("owner_uid", root.Owner.Uid)
        .Bind("path", root.Path)
        .Bind("owner_gid", root.Owner.Gid)
        .BindText("owner_groups", session.Json.Array(root.Owner.Groups))
        .Bind("owner_name", root.Owner.Name)
        .Execute();
}
