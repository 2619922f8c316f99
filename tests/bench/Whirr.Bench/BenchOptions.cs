using Whirr.Bench.Measurements;

namespace Whirr.Bench;

/// <summary>Where everything is, and how much to measure.</summary>
/// <param name="Programs">Directory of whirrd, whirrctl and whirr-keeper.</param>
/// <param name="Tools">Directory of the C programs and scripts of the bench.</param>
/// <param name="Place">Directory for databases and sockets: on a disk, with a short name, removed by the caller.</param>
/// <param name="Results">Directory that gets bench.md and bench.json.</param>
/// <param name="Effort">How much to measure.</param>
/// <param name="Chosen">What to measure.</param>
internal sealed record BenchOptions(
    string Programs, string Tools, string Place, string Results, Effort Effort, IReadOnlyList<IMeasurement> Chosen)
{
    /// <summary>Null when the arguments are not understood.</summary>
    /// <param name="args">Names and values in turn.</param>
    /// <param name="all">All there is to measure.</param>
    public static BenchOptions? TryParse(string[] args, IReadOnlyList<IMeasurement> all)
    {
        if (args.Length % 2 != 0)
        {
            return null;
        }

        var given = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        return given.TryGetValue("--programs", out var programs)
            && given.TryGetValue("--tools", out var tools)
            && given.TryGetValue("--place", out var place)
            && given.TryGetValue("--results", out var results)
            && Effort.TryParse(given.GetValueOrDefault("--effort", "full")) is { } effort
            && Choose(given.GetValueOrDefault("--only", ""), all) is { } chosen
            ? new BenchOptions(programs, tools, place, results, effort, chosen)
            : null;
    }

    /// <summary>Null when a name is none of them.</summary>
    private static IReadOnlyList<IMeasurement>? Choose(string names, IReadOnlyList<IMeasurement> all)
    {
        var wanted = names.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        return wanted.Length == 0 ? all
            : wanted.All(name => all.Any(each => IsNamed(each, name))) ? [.. all.Where(each => wanted.Any(name => IsNamed(each, name)))]
            : null;
    }

    private static bool IsNamed(IMeasurement measurement, string name) => measurement.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
