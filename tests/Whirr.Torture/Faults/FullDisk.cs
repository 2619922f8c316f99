namespace Whirr.Torture.Faults;

/// <summary>No room on the file system of the state, for a while.</summary>
internal sealed class FullDisk : ITrouble
{
    public async Task BeginAsync(Scene scene, Dice dice)
    {
        await Scene.PassAsync(dice, 200);
        scene.Deeds.Count("disk full");
        scene.Disk.Fill();
        await Scene.PassAsync(dice, 1_000);
    }

    public Task EndAsync(Scene scene)
    {
        scene.Disk.Free();
        return Task.CompletedTask;
    }
}
