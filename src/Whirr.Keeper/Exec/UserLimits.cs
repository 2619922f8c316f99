using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Exec;

/// <summary>What the submitter asked the kernel for, for each process. Set as the job's user, so that the kernel decides what that user may
/// have; and last of all, so that a small limit hits the job and not the steps before it.</summary>
internal static class UserLimits
{
    /// <exception cref="StartException">The user may not.</exception>
    public static void Set(LaunchSpec spec)
    {
        if (spec.UserNice is { } nice)
        {
            Try(() => CurrentProcess.SetNice(nice), error => error.Errno is Errno.Eacces or Errno.Eperm
                ? $"niceness {nice} may not be set by {UserOf(spec)}: below what the queue gives its jobs only root may go (or RLIMIT_NICE allows it)"
                : $"niceness {nice} cannot be set: {error.Message}");
        }

        if (spec.IoPriority != 0)
        {
            Try(() => CurrentProcess.SetIoPriority(spec.IoPriority), error => $"the I/O priority cannot be set for {UserOf(spec)}: {error.Message}");
        }

        foreach (var limit in spec.UserLimits)
        {
            Try(() => CurrentProcess.SetLimit(limit.Resource, limit.Soft, limit.Hard), error => Explain(spec, limit, error));
        }
    }

    private static string Explain(LaunchSpec spec, ResourceLimit limit, LinuxException error)
    {
        var name = LimitRules.Resources.FirstOrDefault(resource => resource.Value == limit.Resource).Key ?? $"resource {limit.Resource}";
        var hard = CurrentProcess.GetLimit(limit.Resource).Hard;
        return error.Errno == Errno.Eperm
            ? $"the limit of {name} may not be {Words(limit.Hard)} for {UserOf(spec)}: only root may raise it above the hard limit of {Words(hard)}"
            : $"the limit of {name} cannot be set to {Words(limit.Soft)}:{Words(limit.Hard)}: {error.Message}";
    }

    private static string Words(ulong limit) => limit == ulong.MaxValue ? "unlimited" : $"{limit}";

    private static string UserOf(LaunchSpec spec) => $"user {spec.RunAs?.Uid ?? CurrentProcess.EffectiveUid}";

    private static void Try(Action set, Func<LinuxException, string> explain)
    {
        try
        {
            set();
        }
        catch (LinuxException e)
        {
            throw new StartException("limits", e.Errno, $"the job cannot have its limits: {explain(e)}");
        }
    }
}
