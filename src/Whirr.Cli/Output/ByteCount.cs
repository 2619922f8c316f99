namespace Whirr.Cli.Output;

/// <summary>Amounts of memory and disk space as people read them.</summary>
internal static class ByteCount
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>E.g. <c>512 B</c>, <c>1.5 GiB</c>; one decimal below ten.</summary>
    public static string Format(long bytes)
    {
        double amount = bytes;
        var unit = 0;
        while (amount >= 1023.5 && unit < Units.Length - 1)
        {
            amount /= 1024;
            unit++;
        }

        return unit == 0 || amount >= 9.95 ? $"{amount:0} {Units[unit]}" : $"{amount:0.0} {Units[unit]}";
    }
}
