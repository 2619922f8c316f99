namespace Whirr.Bench.Reporting;

/// <summary>The machine that the figures are of.</summary>
/// <param name="Cores">CPUs that the bench may use.</param>
/// <param name="Cpu">Model of the CPU.</param>
/// <param name="Kernel">Release of the kernel.</param>
/// <param name="MemoryMiB">Memory, MiB.</param>
/// <param name="FileSystem">Type of the file system with the databases.</param>
/// <param name="LoadAtStart">Load average over a minute before anything was measured: well above 0, somebody else is at work.</param>
internal sealed record Machine(int Cores, string Cpu, string Kernel, long MemoryMiB, string FileSystem, string LoadAtStart)
{
    public static Machine Describe(string place) => new(
        Environment.ProcessorCount,
        Field("/proc/cpuinfo", "model name"),
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        long.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0]) / 1024,
        new DriveInfo(place).DriveFormat,
        File.ReadAllText("/proc/loadavg").Split(' ')[0]);

    public override string ToString() =>
        $"{Cores} cores of {Cpu}, {MemoryMiB:N0} MiB, Linux {Kernel}, {FileSystem}, load {LoadAtStart} at the start";

    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";
}
