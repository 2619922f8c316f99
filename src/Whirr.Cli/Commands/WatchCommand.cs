using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl watch</c>: the queue, as it is now and now.</summary>
internal static class WatchCommand
{
    private const double UsualSeconds = 2.0;
    private const int MostRunning = 200;
    private const int MostQueued = 50;

    // How long a page that is shown once waits for nvidia-smi.
    private static readonly TimeSpan GpuPatience = TimeSpan.FromSeconds(2);

    // A screen of its own, as top(1) has, without a cursor; then each page from the upper left corner (ECMA-48, and xterm for the screen).
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearToEndOfLine = "\e[K";
    private const string ClearBelow = "\e[J";

    public static Verb Create(Surroundings surroundings)
    {
        var interval = new Option<string>("--interval", "-i") { Description = $"Seconds between looks (default: {UsualSeconds:0.0})", HelpName = "SECONDS" };
        return new Verb("watch", "Watch the queue: what runs, how far it is and how long it will take, what waits")
        {
            Usage = "[options]",
            Examples = ["whirrctl watch", "whirrctl watch -i 0.5", "whirrctl watch --json"],
            Notes = "q or Ctrl+C ends it. Where standard output is no terminal, and with --json, it shows the queue once. Progress is read from the\n"
                + "last lines of metrics.jsonl (step, epoch) of runs that you may read, and from steps, max_steps, epochs, ... of their configuration.\n"
                + "GPUs are those of the machine that whirrctl runs on, as nvidia-smi tells them where it is on PATH.",
            Options = { interval },
        }.Does(surroundings, session =>
        {
            var pause = session.Options.GetValue(interval) is { } text ? ParseInterval(text) : TimeSpan.FromSeconds(UsualSeconds);
            return session.Json || !session.Out.IsTerminal ? ShowOnceAsync(session) : WatchAsync(session, pause);
        });
    }

    private static async Task<int> ShowOnceAsync(Session session)
    {
        using var gpus = new GpuWatch(session.Surroundings.Variable, session.Surroundings.Clock);
        gpus.Look();
        var content = await LookAsync(session);
        content = content with { Gpus = await gpus.LookOnceAsync(GpuPatience) };
        if (session.Json)
        {
            WriteJson(session, content);
        }
        else
        {
            session.Out.Write(WatchPage.Format(session.Out, content, session.Surroundings.Clock, rows: null));
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> WatchAsync(Session session, TimeSpan pause)
    {
        // What cannot be reached is told before the screen is taken.
        using var gpus = new GpuWatch(session.Surroundings.Variable, session.Surroundings.Clock);
        gpus.Look();
        var content = await LookAsync(session);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(session.Surroundings.WatchForInterrupt());
        using var keys = session.Surroundings.ReadKeys(key =>
        {
            if (key is KeyReader.Quit or 'Q')
            {
                end.Cancel();
            }
        });
        session.Out.Write(Enter);
        try
        {
            while (true)
            {
                var page = WatchPage.Format(session.Out, content with { Gpus = gpus.Look() }, session.Surroundings.Clock, session.Surroundings.Rows());
                session.Out.Write(Home + page.Replace("\n", $"{ClearToEndOfLine}\n", StringComparison.Ordinal) + ClearBelow);
                await Task.Delay(pause, session.Surroundings.Clock, end.Token);
                content = await LookAsync(session);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Ok;
        }
        finally
        {
            session.Out.Write(Leave);
        }
    }

    private static async Task<WatchPage.Content> LookAsync(Session session)
    {
        var info = await session.Daemon.AskAsync(call => session.Daemon.Daemon.InfoAsync(new InfoRequest(), call));
        var running = await ListAsync(session, ListOrder.OldestFirst, MostRunning, JobState.Allocated, JobState.Starting, JobState.Running);
        var queued = await ListAsync(session, ListOrder.Queue, MostQueued, JobState.Queued);
        return new WatchPage.Content(info, [.. running.Select(job => (job, LiveProgress.Of(job, session.Now)))], queued);
    }

    private static async Task<IReadOnlyList<Job>> ListAsync(Session session, ListOrder order, int most, params JobState[] states)
    {
        var request = new ListJobsRequest { Order = order, PageSize = (uint)most };
        request.States.AddRange(states);
        return (await session.Daemon.AskAsync(call => session.Daemon.Jobs.ListAsync(request, call))).Jobs;
    }

    private static void WriteJson(Session session, WatchPage.Content content) => session.Out.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("slots", content.Info.Slots);
        json.WriteNumber("running", content.Info.Running);
        json.WriteNumber("queued", content.Info.Queued);
        json.WriteStartArray("jobs");
        foreach (var (job, progress) in content.Running.Concat(content.Queued.Select(job => (job, (Progress?)null))))
        {
            JobDocument.Write(json, job, more =>
            {
                if (progress is null)
                {
                    more.WriteNull("progress");
                    return;
                }

                more.WriteStartObject("progress");
                more.WriteNumber("done", progress.Done);
                Number(more, "total", progress.Total);
                Number(more, "left_seconds", progress.Left?.TotalSeconds);
                more.WriteEndObject();
            });
        }

        json.WriteEndArray();
        json.WriteStartArray("gpus");
        foreach (var gpu in content.Gpus)
        {
            json.WriteStartObject();
            json.WriteNumber("index", gpu.Index);
            Number(json, "utilization", gpu.Utilization);
            Number(json, "memory_used", gpu.MemoryUsed);
            Number(json, "memory_total", gpu.MemoryTotal);
            Number(json, "temperature", gpu.Temperature);
            Number(json, "power_watts", gpu.Power);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        HoldDocument.Write(json, "hold", content.Info.Hold);
        JobDocument.List(json, "troubles", content.Info.Troubles);
        json.WriteEndObject();
    });

    private static void Number(System.Text.Json.Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, Math.Round(value, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static TimeSpan ParseInterval(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.1 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw CommandFailure.Usage($"-i takes seconds from 0.1 to 3600, not {SafeText.Quote(text)}.");
}
