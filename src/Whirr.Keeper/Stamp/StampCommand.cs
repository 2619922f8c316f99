using Whirr.Keeper.Keep;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Stamp;

/// <summary><c>whirr-keeper stamp</c>: records the end of an attempt whose keeper is dead.</summary>
/// <remarks>A program of its own, so that a daemon that is root touches no path that a user controls, and does not hang where the user's file
/// system hangs. Its spec names the run directory and the user; its meta is the patch.</remarks>
internal static class StampCommand
{
    public static int Run()
    {
        using var specFile = new Fd(KeeperProtocol.SpecFd);
        using var memory = MappedMemory.Map(specFile);
        var spec = LaunchSpecFormat.Decode(memory.Memory);
        CurrentProcess.SetUmask(spec.RecordUmask);
        return RunRecord.TryPatch(spec.RunAs, spec.RunDir, spec.Meta.Span) is { } problem ? throw new KeeperContractException(problem) : 0;
    }
}
