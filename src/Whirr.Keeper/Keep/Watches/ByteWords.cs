using System.Globalization;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Amounts of disk space as people read them.</summary>
internal static class ByteWords
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>E.g. <c>512 bytes</c>, <c>1 GiB</c>, <c>12.3 GiB</c>.</summary>
    public static string Of(long bytes)
    {
        double amount = bytes;
        var unit = 0;
        for (; amount >= 1023.95 && unit < Units.Length - 1; unit++)
        {
            amount /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{amount:0.#} {Units[unit]}");
    }
}
