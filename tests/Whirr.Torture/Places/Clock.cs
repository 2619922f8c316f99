namespace Whirr.Torture.Places;

/// <summary>The wall clock as whirrd and its keepers see it; jobs and this program keep the machine's.</summary>
internal sealed class Clock : IDisposable
{
    private readonly FileStream _offset;

    private Clock(string library, FileStream offset)
    {
        _offset = offset;
        Environment = [("LD_PRELOAD", library), ("CLOCK_OFFSET_FILE", offset.Name)];
    }

    /// <summary>What makes a program see this clock.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; }

    public static async Task<Clock> MakeAsync(Workplace place)
    {
        var library = Path.Combine(place.Root, "clock-offset.so");
        await Shell.RunAsync("/usr/bin/gcc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, Path.Combine(AppContext.BaseDirectory, "Places", "clock-offset.c"), "-ldl");
        var clock = new Clock(library, new FileStream(Path.Combine(place.Root, "clock-offset"), FileMode.CreateNew));
        clock.Set(TimeSpan.Zero);
        return clock;
    }

    /// <summary>Moves it, also for what runs already.</summary>
    public void Set(TimeSpan offset)
    {
        _offset.Position = 0;
        _offset.Write(BitConverter.GetBytes((long)offset.TotalSeconds));
        _offset.Flush();
    }

    public void Dispose() => _offset.Dispose();
}
