using Whirr.Linux.Processes;

namespace Whirr.Linux.Starting;

/// <summary>Starts programs: as children of this process, or through another one that has the rights and the view of the machine for it.</summary>
public interface IProgramStarter
{
    /// <summary>Starts a program.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="isAwaited">The caller wants to know how it ends (<see cref="StartedProgram.TakeEnd"/>), not only that it does.</param>
    /// <exception cref="LinuxException">It could not be started; ETIMEDOUT: it is not known whether it was.</exception>
    StartedProgram Start(SpawnRequest request, bool isAwaited = false);
}
