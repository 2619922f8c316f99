using System.Globalization;
using System.Text.Json;

namespace Whirr.Cli.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Done">Steps or epochs that are done.</param>
/// <param name="Total">How many it will do; null when its configuration does not say.</param>
/// <param name="Left">How long that will take at the pace of the last lines; null when nobody knows.</param>
internal sealed record Progress(double Done, double? Total, TimeSpan? Left)
{
    private static readonly string[] StepKeys = ["steps", "max_steps", "total_steps", "num_steps", "train_steps", "iterations", "max_iters", "n_steps"];
    private static readonly string[] EpochKeys = ["epochs", "num_epochs", "max_epochs", "n_epochs", "total_epochs", "num_train_epochs"];

    /// <summary>Reads it from the end of <c>metrics.jsonl</c>; null when that tells nothing.</summary>
    /// <param name="tail">Last lines, oldest first; the first may be torn.</param>
    /// <param name="config">Configuration of the run, an object.</param>
    /// <param name="now">For how long ago the last line was written.</param>
    public static Progress? Of(IEnumerable<string> tail, JsonElement config, DateTimeOffset now)
    {
        var marks = tail.Select(Mark.Read).OfType<Mark>().ToList();
        if (marks.Count == 0)
        {
            return null;
        }

        var last = marks[^1];
        var (epochs, steps) = (Number(config, EpochKeys), Number(config, StepKeys));

        // Those who log epochs count in them; a step is an epoch where only epochs are configured and it is not past them.
        if (last.Epoch is { } epoch && epochs is { } allEpochs)
        {
            return Make(epoch, allEpochs, marks, mark => mark.Epoch, now);
        }

        if (last.Step is not { } step)
        {
            return last.Epoch is { } only ? Make(only, null, marks, mark => mark.Epoch, now) : null;
        }

        var total = steps ?? (epochs >= step ? epochs : null);
        return Make(step, total, marks, mark => mark.Step, now);
    }

    /// <summary>E.g. <c>1200/5000 24%</c>, or <c>step 1200</c>.</summary>
    public override string ToString() => Total is { } total
        ? $"{Done:0.##}/{total:0.##} {Math.Floor(Math.Clamp(100 * Done / total, 0, 100)):0}%"
        : $"step {Done:0.##}";

    private static Progress Make(double done, double? total, List<Mark> marks, Func<Mark, double?> count, DateTimeOffset now)
    {
        var (first, last) = (marks.Find(mark => count(mark) is not null && mark.At is not null), marks.FindLast(mark => count(mark) is not null && mark.At is not null));
        if (total is not { } all || first is null || last is null)
        {
            return new Progress(done, total, null);
        }

        var (steps, time) = (count(last)!.Value - count(first)!.Value, last.At!.Value - first.At!.Value);
        if (steps <= 0 || time <= TimeSpan.Zero)
        {
            return new Progress(done, total, null);
        }

        // Since the last line time has passed, too.
        var seconds = (Math.Max(0, all - done) / steps * time.TotalSeconds) - (now - last.At.Value).TotalSeconds;
        return new Progress(done, total, TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 100 * 366 * 86_400.0)));
    }

    private static double? Number(JsonElement config, string[] keys)
    {
        foreach (var key in keys)
        {
            if (Value(config, key) is > 0 and var number)
            {
                return number;
            }
        }

        return null;
    }

    private static double? Value(JsonElement of, string key) =>
        of.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && double.IsFinite(number)
            ? number
            : null;

    /// <summary>What a line says about progress.</summary>
    private sealed record Mark(double? Step, double? Epoch, DateTimeOffset? At)
    {
        public static Mark? Read(string line)
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                var root = document.RootElement;
                return root.ValueKind == JsonValueKind.Object ? new Mark(Value(root, "step"), Value(root, "epoch"), Time(root)) : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }

        private static DateTimeOffset? Time(JsonElement root) =>
            root.TryGetProperty("_timestamp", out var value)
            && value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(
                value.GetString(),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var at)
                ? at
                : null;
    }
}
