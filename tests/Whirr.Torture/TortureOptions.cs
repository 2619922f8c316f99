namespace Whirr.Torture;

/// <summary>What to do and with what.</summary>
/// <param name="Programs">Directory of the published programs.</param>
/// <param name="Place">Directory, on a disk, in which the session gets one of its own.</param>
/// <param name="Duration">How long faults are injected.</param>
/// <param name="Seed">Decides everything that is decided here.</param>
/// <param name="Cgroup">As the setting of whirrd.</param>
internal sealed record TortureOptions(string Programs, string Place, TimeSpan Duration, int Seed, string Cgroup)
{
    public const string Usage = "usage: whirr-torture --programs DIR [--place DIR] [--minutes N | --seconds N] [--seed N] [--cgroup auto|off]";

    /// <exception cref="FormatException">Not understood; the message says what.</exception>
    public static TortureOptions Parse(string[] arguments)
    {
        var options = new TortureOptions("", "/var/tmp", TimeSpan.FromMinutes(10), Random.Shared.Next(1, 1_000_000), "auto");
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new FormatException($"{arguments[i]} needs a value");
            options = arguments[i] switch
            {
                "--programs" => options with { Programs = Path.GetFullPath(value) },
                "--place" => options with { Place = Path.GetFullPath(value) },
                "--minutes" => options with { Duration = TimeSpan.FromMinutes(double.Parse(value)) },
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(double.Parse(value)) },
                "--seed" => options with { Seed = int.Parse(value) },
                "--cgroup" => options with { Cgroup = value },
                var other => throw new FormatException($"{other} is not an option"),
            };
        }

        return options.Programs.Length > 0 ? options : throw new FormatException("--programs is missing");
    }
}
