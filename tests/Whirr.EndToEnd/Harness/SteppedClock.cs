using System.Runtime.CompilerServices;

namespace Whirr.EndToEnd.Harness;

/// <summary>A wall clock that can be set while the programs that see it run; the machine's own stays as it is.</summary>
internal sealed class SteppedClock
{
    private readonly string _offset;

    private SteppedClock(string library, string offset)
    {
        _offset = offset;
        Environment = [("LD_PRELOAD", library), ("CLOCK_OFFSET_FILE", offset)];
    }

    /// <summary>What makes a program see it.</summary>
    public (string Name, string? Value)[] Environment { get; }

    public static async Task<SteppedClock> MakeAsync(string place)
    {
        var library = Path.Combine(place, "clock-offset.so");
        var built = await Command.RunAsync("/usr/bin/gcc", ["-O2", "-shared", "-fPIC", "-o", library, Source(), "-ldl"]);
        Assert.True(built.ExitCode == 0, built.Error);
        var clock = new SteppedClock(library, Path.Combine(place, "clock-offset"));
        clock.Set(TimeSpan.Zero);
        return clock;
    }

    public void Set(TimeSpan offset)
    {
        // In place: the programs have mapped the file.
        using var file = new FileStream(_offset, FileMode.OpenOrCreate);
        file.Write(BitConverter.GetBytes((long)offset.TotalSeconds));
    }

    private static string Source([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "Whirr.Torture", "Places", "clock-offset.c"));
}
