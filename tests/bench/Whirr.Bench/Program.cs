using System.Globalization;
using System.Runtime.InteropServices;
using Whirr.Bench;
using Whirr.Bench.Measurements;
using Whirr.Bench.Places;
using Whirr.Bench.Reporting;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

IMeasurement[] measurements =
[
    new SubmitProcess(), new StartLatency(), new Throughput(), new DurableSubmits(), new Idle(), new LongQueue(), new Recovery(), new LogCap(),
    new RunsList(), new Compare20(), new ReaderThroughput(), new PlotTenMillion(), new LogCost(),
];
if (BenchOptions.TryParse(args, measurements) is not { } options)
{
    Console.Error.WriteLine("usage: whirr-bench --programs DIR --tools DIR --place DIR --results DIR [--effort full|quick] [--only NAME,NAME]");
    Console.Error.WriteLine($"names: {string.Join(", ", measurements.Select(measurement => measurement.Name))}");
    return 2;
}

var workplace = new Workplace(options, stop.Token);
var report = new Report(Machine.Describe(options.Place), options.Effort.Name);
try
{
    foreach (var measurement in options.Chosen)
    {
        Console.Error.WriteLine($"measuring {measurement.What}");
        report.Add(await measurement.MeasureAsync(workplace));
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("bench: interrupted; nothing was written");
    return 130;
}
catch (InvalidOperationException exception)
{
    Console.Error.WriteLine($"bench: {exception.Message}");
    return 1;
}

report.Write(options.Results);
Console.WriteLine(report.Markdown());
return 0;

void Stop(PosixSignalContext context)
{
    // What was started is ended by those who wait, on their way out.
    context.Cancel = true;
    stop.Cancel();
}
