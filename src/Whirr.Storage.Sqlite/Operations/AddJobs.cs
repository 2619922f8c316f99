using System.Security.Cryptography;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Columns;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Puts jobs in the queue.</summary>
internal static class AddJobs
{
    public static IReadOnlyList<AddedJob> Run(WriteSession session, IReadOnlyList<NewJob> jobs)
    {
        var added = new AddedJob[jobs.Count];
        ReadOnlyMemory<byte> environment = default;
        long? environmentId = null;
        NewJob? before = null;
        for (var index = 0; index < added.Length; index++)
        {
            // The jobs of one batch come from one shell: the same bytes need not be hashed again.
            var job = jobs[index];
            if (environmentId is null || !job.Environment.Equals(environment))
            {
                environment = job.Environment;
                environmentId = StoreEnvironment(session, environment.Span);
            }

            added[index] = Add(session, job, environmentId.Value);
            if (before is null || before.Owner != job.Owner || before.Settings.RunsDir != job.Settings.RunsDir)
            {
                AddRunRoots.RunOne(session, new RunRoot(job.Owner, job.Settings.RunsDir ?? ""));
                before = job;
            }
        }

        return added;
    }

    private static AddedJob Add(WriteSession session, NewJob job, long environmentId)
    {
        if (!TryInsert(session, job, environmentId))
        {
            var existing = session.Prepare(Queries.FindExistingJob)
                .Bind("owner_uid", job.Owner.Uid)
                .Bind("uid", job.Settings.Uid)
                .Bind("client_job_id", job.Settings.ClientJobId)
                .BindText("command_argv", session.Json.Array(job.Settings.CommandArgv))
                .Bind("workdir", job.Settings.Workdir)
                .Bind("config", job.Settings.ConfigJson)
                .Single(static row => (Id: row.Int64("id"), IsSame: row.Int64("is_same") != 0));
            return existing.IsSame
                ? new AddedJob(existing.Id, Existed: true)
                : throw new StoreException(
                    StoreFault.Conflict,
                    $"client_job_id \"{job.Settings.ClientJobId}\" is that of job {existing.Id}, which has another command, directory or configuration");
        }

        var id = session.Connection.LastInsertId;
        session.Changes.Enter(JobState.Queued);
        session.AppendEvent(
            id, job.CreatedAt, JobTrigger.Submitted, attempt: 0, JobState.Queued, JobState.Queued, EndReason.None, detail: null);
        return new AddedJob(id, Existed: false);
    }

    private static bool TryInsert(WriteSession session, NewJob job, long environmentId)
    {
        var (settings, owner) = (job.Settings, job.Owner);
        return session.Prepare(Queries.InsertJob)
            .Bind("uid", settings.Uid)
            .Bind("client_job_id", settings.ClientJobId)
            .Bind("owner_uid", owner.Uid)
            .Bind("owner_gid", owner.Gid)
            .BindText("owner_groups", session.Json.Array(owner.Groups))
            .Bind("owner_name", owner.Name)
            .Bind("name", settings.Name)
            .BindText("tags", session.Json.Array(settings.Tags))
            .Bind("priority", settings.Priority)
            .BindText("command_argv", session.Json.Array(settings.CommandArgv))
            .Bind("workdir", settings.Workdir)
            .Bind("config", settings.ConfigJson)
            .Bind("environment_id", environmentId)
            .Bind("runs_dir", settings.RunsDir)
            .Bind("umask", settings.Umask)
            .Bind("kill_grace_ms", (long)settings.KillGracePeriod.TotalMilliseconds)
            .Bind("on_lost", (int)settings.OnLost)
            .Bind("on_daemon_loss", (int)settings.OnDaemonLoss)
            .Bind("max_attempts", settings.MaxAttempts)
            .Bind("time_limit_ms", (long?)settings.Limits.Time?.TotalMilliseconds)
            .Bind("limits", SettingsJson.Write(settings.Limits))
            .Bind("retry", SettingsJson.Write(settings.Retry))
            .Bind("watch", SettingsJson.Write(settings.Watch))
            .Bind("notices", SettingsJson.Write(settings.Notices))
            .Bind("parent_job_id", settings.ParentJobId)
            .Bind("created_at", job.CreatedAt)
            .Bind("state", (int)JobState.Queued)
            .Execute() > 0;
    }

    private static long StoreEnvironment(WriteSession session, ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, hash);
        var known = session.Prepare(Queries.FindEnvironmentId).BindBlob("sha256", hash).Single(static row => (long?)row.Int64("id"));
        if (known is not null)
        {
            return known.Value;
        }

        session.Prepare(Queries.InsertEnvironment).BindBlob("sha256", hash).BindBlob("data", data).Execute();
        return session.Connection.LastInsertId;
    }
}
