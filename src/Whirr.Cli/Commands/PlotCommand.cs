using System.CommandLine;
using System.Text;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Plots;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl plot</c>: metrics of runs as lines, in the terminal or in a file.</summary>
internal static class PlotCommand
{
    private const int UsualColumns = 80;
    private const int UsualRows = 22;
    private const int UsualPixels = 1000;
    private const int UsualPixelRows = 600;
    private const int LargestPicture = 8192;

    private static readonly TimeSpan FollowPause = TimeSpan.FromSeconds(1);

    public static Verb Create(Surroundings surroundings)
    {
        var runs = new Argument<string[]>("RUN") { Arity = ArgumentArity.OneOrMore };
        var metrics = new Option<string[]>("--metric", "-m") { Description = "Metric to plot; may be given more than once", HelpName = "NAME" };
        var x = new Option<string>("--x", "-x") { Description = "Horizontal axis: step (default), time (seconds since the start), or a metric", HelpName = "AXIS" };
        var log = new Option<bool>("--log-y") { Description = "Logarithmic vertical axis" };
        var rank = new Option<int?>("--rank") { Description = "Metrics of this rank (default: 0, and of others what 0 does not have)", HelpName = "N" };
        var smooth = new Option<int>("--smooth") { Description = "Mean over this many values", HelpName = "N" };
        var width = new Option<int>("--width") { Description = "Width: characters, or pixels of a picture", HelpName = "N" };
        var height = new Option<int>("--height") { Description = "Height: lines, or pixels of a picture", HelpName = "N" };
        var ascii = new Option<bool>("--ascii") { Description = "Only ASCII characters" };
        var png = new Option<string>("--png") { Description = "Write a PNG picture to this file instead", HelpName = "FILE" };
        var svg = new Option<string>("--svg") { Description = "Write an SVG picture to this file instead", HelpName = "FILE" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Draw anew each second, until Ctrl+C" };
        return new Verb("plot", "Plot metrics of runs in the terminal, or into a picture")
        {
            Usage = "RUN... -m METRIC [-m METRIC]... [options]",
            Examples = ["whirrctl plot 7 -m loss", "whirrctl plot job-7 job-8 -m loss --log-y", "whirrctl plot 7 -m loss -m val_loss --svg loss.svg", "whirrctl plot ./runs/job-7 -m acc -x time"],
            Notes = "A run is an id, the beginning of one, a job number or the path of a run directory.",
            Arguments = { runs },
            Options = { metrics, x, log, smooth, rank, width, height, ascii, png, svg, follow },
        }.Does(surroundings, async session =>
        {
            var options = session.Options;
            var request = new Request(
                new PlotLines.Wish(
                    options.GetValue(metrics) ?? [], options.GetValue(x) ?? "step", options.GetValue(log), options.GetValue(smooth), options.GetValue(rank)),
                options.GetValue(width),
                options.GetValue(height),
                options.GetValue(ascii),
                options.GetValue(png),
                options.GetValue(svg));
            request.Check(session, options.GetValue(follow));
            var chosen = await RunChoice.ResolveAsync(session, options.GetRequiredValue(runs));
            return options.GetValue(follow) ? await FollowAsync(session, chosen, request) : Show(session, chosen, request);
        });
    }

    private static int Show(Session session, IReadOnlyList<ChosenRun> runs, Request request)
    {
        var plot = PlotLines.Read(session.Surroundings, runs, request.Wish);
        if (request.Png is { } png)
        {
            WriteFile(session, png, PngPlot.Draw(plot, request.Pixels, request.PixelRows));
        }

        if (request.Svg is { } svg)
        {
            WriteFile(session, svg, Encoding.UTF8.GetBytes(SvgPlot.Draw(plot, request.Pixels, request.PixelRows)));
        }

        if (session.Json)
        {
            WriteJson(session.Out, plot, request);
        }
        else if (request.Png is null && request.Svg is null)
        {
            session.Out.Write(Draw(session, plot, request));
        }

        return ExitCodes.Ok;
    }

    private static string Draw(Session session, Plot plot, Request request) => TerminalPlot.Draw(
        plot,
        request.Width > 0 ? request.Width : session.Out.Width ?? UsualColumns,
        request.Height > 0 ? request.Height : UsualRows,
        request.Ascii,
        session.Out.Colours);

    private static async Task<int> FollowAsync(Session session, IReadOnlyList<ChosenRun> runs, Request request)
    {
        var interrupted = session.Surroundings.WatchForInterrupt();
        var before = "";
        while (!interrupted.IsCancellationRequested)
        {
            var page = Draw(session, PlotLines.Read(session.Surroundings, runs, request.Wish), request);
            if (page != before)
            {
                // Home, draw over what is there, clear what is left: nothing flickers.
                session.Out.Write(session.Out.IsTerminal ? $"\e[H{page.Replace("\n", "\e[K\n", StringComparison.Ordinal)}\e[J" : page);
                before = page;
            }

            try
            {
                await Task.Delay(FollowPause, session.Surroundings.Clock, interrupted);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return ExitCodes.Ok;
    }

    private static void WriteFile(Session session, string path, byte[] content)
    {
        try
        {
            File.WriteAllBytes(session.Surroundings.Resolve(path), content);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"{SafeText.Quote(path)} cannot be written: {FileProblem.Describe(exception)}.", exception);
        }

        session.Note($"Wrote {SafeText.Escape(path)}");
    }

    private static void WriteJson(TextOutput output, Plot plot, Request request) => output.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteString("x", plot.XLabel);
        json.WriteStartArray("lines");
        foreach (var line in plot.Lines)
        {
            json.WriteStartObject();
            json.WriteString("label", line.Label);
            json.WriteStartArray("points");
            foreach (var (x, y) in line.Points)
            {
                json.WriteStartArray();
                MetricJson.Write(json, x);
                MetricJson.Write(json, y);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JobDocument.Text(json, "png", request.Png ?? "");
        JobDocument.Text(json, "svg", request.Svg ?? "");
        json.WriteEndObject();
    });

    private sealed record Request(PlotLines.Wish Wish, int Width, int Height, bool Ascii, string? Png, string? Svg)
    {
        public int Pixels => Width > 0 ? Width : UsualPixels;

        public int PixelRows => Height > 0 ? Height : UsualPixelRows;

        public void Check(Session session, bool follows)
        {
            if (Wish.Metrics.Count == 0)
            {
                throw CommandFailure.Usage("say which metric to plot, for example -m loss; `whirrctl show RUN` lists those of a run.");
            }

            if (Wish.Smooth < 0 || Width < 0 || Height < 0)
            {
                throw CommandFailure.Usage("--smooth, --width and --height take whole numbers from 1.");
            }

            if (Wish.Rank < 0)
            {
                throw CommandFailure.Usage("--rank takes a whole number from 0.");
            }

            if ((Png ?? Svg) is not null && (Pixels is < 200 or > LargestPicture || PixelRows is < 150 or > LargestPicture))
            {
                throw CommandFailure.Usage($"a picture has 200 to {LargestPicture} pixels in a row and 150 to {LargestPicture} rows.");
            }

            if ((Width > 2000 || Height > 1000) && (Png ?? Svg) is null)
            {
                throw CommandFailure.Usage("a terminal has at most 2000 columns and 1000 rows; use --png or --svg for larger plots.");
            }

            if (follows && (session.Json || (Png ?? Svg) is not null))
            {
                throw CommandFailure.Usage("--follow draws in the terminal; leave out --json, --png and --svg.");
            }
        }
    }
}
