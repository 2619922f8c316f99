using Whirr.Domain.Ports;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Daemon;

public sealed partial class DaemonService
{
    // That no keeper can be started is what the caller wants to know, and no reason to refuse the rest of the answer.
    private async Task AddKeeperAsync(Wire.InfoReply reply, CancellationToken cancellation)
    {
        try
        {
            reply.Keeper = await runner.DescribeSupervisorAsync(cancellation).ConfigureAwait(false);
        }
        catch (RunnerException e)
        {
            reply.KeeperProblem = e.Message;
        }
    }
}
