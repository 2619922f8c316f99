namespace Whirr.Cli.Runs;

/// <summary>Names of files in a run directory as people and other programs send them.</summary>
internal static class ArtifactName
{
    /// <summary>Why <paramref name="name"/> is refused, as the end of a sentence; null when it names something below the directory.</summary>
    public static string? WhyRefused(string name)
    {
        if (WhyNot(name) is { } plain)
        {
            return plain;
        }

        // Names are never decoded here; but whoever sends one like that wants something else than a file of that name. Each round is shorter.
        var decoded = name;
        while (Uri.UnescapeDataString(decoded) is var next && next != decoded)
        {
            if (WhyNot(next) is { } hidden)
            {
                return $"{hidden} (it is percent-encoded)";
            }

            decoded = next;
        }

        return null;
    }

    private static string? WhyNot(string name) => name switch
    {
        "" => "it is empty",
        _ when name.Contains('\0') => "it holds a NUL character",
        ['/', ..] => "it is an absolute path; names are relative to the run",
        _ when name.Split('/').Contains("..") => "it leads out of the run directory",
        _ => null,
    };
}
