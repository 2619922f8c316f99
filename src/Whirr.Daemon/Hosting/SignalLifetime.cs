using System.Runtime.InteropServices;

namespace Whirr.Daemon.Hosting;

/// <summary>What ends the daemon: SIGTERM and SIGQUIT at once, with the jobs going on; SIGINT in two steps (<see cref="Interrupts"/>).</summary>
internal sealed class SignalLifetime(IHostApplicationLifetime lifetime, Interrupts interrupts) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                lifetime.StopApplication();
            }));
        }

        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            interrupts.Next();
        }));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
