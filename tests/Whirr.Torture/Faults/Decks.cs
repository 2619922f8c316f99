namespace Whirr.Torture.Faults;

/// <summary>What may go wrong in a step, and how often.</summary>
internal static class Decks
{
    private static readonly string[] FaultPoints =
    [
        "AfterSubmitBeforeReply", "AfterClaimBeforeSpawn", "AfterSpawnBeforeFollow", "AfterStartBeforeCommit", "AfterStartCommitted",
        "AfterCancelBeforeSignal", "AfterEndBeforeCommit", "AfterEndCommitted",
    ];

    private static readonly (int Weight, Func<ITrouble> Make)[] Troubles =
    [
        (40, () => new NoTrouble()), (14, () => new KeeperKill()), (8, () => new KeeperStop()), (4, () => new KeeperTerm()), (8, () => new CommandKill()),
        (8, () => new DaemonStop()), (6, () => new ClockStep()), (8, () => new FullDisk()), (4, () => new FewDescriptors()),
    ];

    private static readonly (int Weight, Func<Dice, IDeath> Make)[] Deaths =
    [
        (50, _ => new KillAtRandom()), (24, dice => new KillAtFaultPoint(dice.Pick(FaultPoints), dice.Number(1, 3))), (8, _ => new KillBoth()),
        (4, _ => new PoliteStop()), (8, _ => new LiveOn()),
    ];

    private static readonly (int Weight, Func<ISurgery> Make)[] Surgeries =
    [
        (54, () => new NoTrouble()), (14, () => new KeeperKill()), (8, () => new KillWhileAdopting()), (7, () => new DamagedRecord()), (5, () => new DamagedDatabase()),
        (3, () => new ReadOnlyState()), (3, () => new StartOnFullDisk()), (6, () => new ClockStep()),
    ];

    public static ITrouble DrawTrouble(Dice dice) => dice.Draw(Troubles)();

    public static IDeath DrawDeath(Dice dice) => dice.Draw(Deaths)(dice);

    public static ISurgery DrawSurgery(Dice dice) => dice.Draw(Surgeries)();
}
