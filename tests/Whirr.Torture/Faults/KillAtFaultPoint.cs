namespace Whirr.Torture.Faults;

/// <summary>kill -9 where a crash is hardest to get right; the daemon does it to itself when it gets there.</summary>
internal sealed class KillAtFaultPoint(string point, int time) : IDeath
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1_000);

    public string? FaultPoint => $"{point}:{time}";

    public async Task DieAsync(Scene scene, Dice dice)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await scene.Daemon.EndedAsync().WaitAsync(limit.Token);
            scene.Deeds.Count($"  at {point}");
        }
        catch (OperationCanceledException)
        {
            // It never got there, for lack of a submit, a start or an end.
            await scene.Daemon.KillAsync();
        }

        scene.Deeds.Count("kill -9 whirrd");
    }
}
