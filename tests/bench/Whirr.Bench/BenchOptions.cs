namespace Whirr.Bench;

/// <summary>Where everything is, and how much to measure.</summary>
/// <param name="Programs">Directory of whirrd, whirrctl and whirr-keeper.</param>
/// <param name="Tools">Directory of the C programs of the bench.</param>
/// <param name="Place">Directory for databases and sockets: on a disk, with a short name, removed by the caller.</param>
/// <param name="Results">Directory that gets bench.md and bench.json.</param>
/// <param name="Effort">How much to measure.</param>
internal sealed record BenchOptions(string Programs, string Tools, string Place, string Results, Effort Effort)
{
    /// <summary>Null when the arguments are not understood.</summary>
    public static BenchOptions? TryParse(string[] args)
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
            ? new BenchOptions(programs, tools, place, results, effort)
            : null;
    }
}
