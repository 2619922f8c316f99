namespace Whirr.Tests.Runners;

/// <summary>Waits for facts that nobody sends a message about, such as the room of a file. The time limit is that of the test.</summary>
internal static class Facts
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task UntilAsync(Func<bool> fact)
    {
        using var timer = new PeriodicTimer(Pause);
        while (!fact())
        {
            await timer.WaitForNextTickAsync();
        }
    }
}
