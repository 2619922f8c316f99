using System.Globalization;
using Whirr.Cli.Commands;

namespace Whirr.Manual.Pages;

/// <summary>What stands at the foot of each page.</summary>
/// <param name="Date">Of the source, e.g. <c>2026-01-31</c>: the same source makes the same pages.</param>
/// <param name="Version">Of the programs.</param>
internal sealed record PageStamp(string Date, string Version)
{
    /// <summary>The date is that of SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/).</summary>
    /// <exception cref="InvalidOperationException">It is not set.</exception>
    public static PageStamp OfThisBuild() =>
        long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? new(DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), VersionCommand.Client)
            : throw new InvalidOperationException("SOURCE_DATE_EPOCH is not set to the time of the source, in seconds since 1970; `make man` does that");
}
