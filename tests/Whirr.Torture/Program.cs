using System.Diagnostics;
using System.Runtime.InteropServices;
using Whirr.Torture;
using Whirr.Torture.Load;
using Whirr.Torture.Places;

TortureOptions options;
try
{
    options = TortureOptions.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n{TortureOptions.Usage}");
    return 2;
}

if (!Environment.IsPrivilegedProcess)
{
    Console.Error.WriteLine("whirr-torture needs root: it mounts a small file system for the state of the daemon; run it with sudo");
    return 2;
}

Console.WriteLine($"torture: seed {options.Seed}, {options.Duration.TotalMinutes:0.##} minutes; the same decisions again with SEED={options.Seed}");
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
{
    context.Cancel = true;
    stop.Cancel();
});
var place = await Workplace.MakeAsync(options);
using var clock = await Clock.MakeAsync(place);
using var daemon = new DaemonUnderTest(place, clock, slots: 6);
using var client = new DaemonClient(place);
var session = new Session(place, daemon, client, clock, options.Duration, stop.Token);
var began = Stopwatch.StartNew();
var whole = false;
try
{
    await session.RunAsync();
    whole = true;
}
finally
{
    await Leftovers.EndAsync(place, daemon);
    await place.LeaveAsync(keep: !whole || session.Findings.Found.Count > 0);
}

return Report.Write(session, place, began.Elapsed);
