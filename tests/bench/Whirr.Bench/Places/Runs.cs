namespace Whirr.Bench.Places;

/// <summary>Whole runs of commands, taken in turn by the tool of that name: a process with nothing in it that could disturb the clock.</summary>
internal static class Runs
{
    private const double NanosecondsPerMillisecond = 1e6;

    /// <summary>Times from the start to the end of each command, milliseconds, in the order of <paramref name="commands"/>.</summary>
    /// <param name="workplace">Where.</param>
    /// <param name="rounds">How often each command is run. An argument {} of a command becomes the number of the round, from 1.</param>
    /// <param name="pause">Between two runs, for what the one before left to be done; whole milliseconds.</param>
    /// <param name="environment">For all commands, on top of our own.</param>
    /// <param name="commands">Programs with their arguments.</param>
    public static async Task<IReadOnlyList<Sample>> ToExitAsync(
        Workplace workplace, int rounds, TimeSpan pause, IReadOnlyDictionary<string, string>? environment, params string[][] commands)
    {
        var lines = await TakeAsync(workplace, rounds, pause, [], environment, commands);
        return [.. Enumerable.Range(0, commands.Length).Select(index => new Sample(lines.Where(line => line.Command == index).Select(line => line.ToExit)))];
    }

    /// <summary>Times from the start of each command to the first instruction of the job that it brings about, milliseconds.</summary>
    /// <param name="pipe">Where the job tells when that was: see first-instruction.c.</param>
    public static async Task<IReadOnlyList<Sample>> ToFirstInstructionAsync(
        Workplace workplace, int rounds, TimeSpan pause, string pipe, IReadOnlyDictionary<string, string>? environment, params string[][] commands)
    {
        var lines = await TakeAsync(workplace, rounds, pause, ["-f", pipe], environment, commands);
        return [.. Enumerable.Range(0, commands.Length).Select(index => new Sample(lines.Where(line => line.Command == index).Select(line => line.ToFirst)))];
    }

    private static async Task<List<Line>> TakeAsync(
        Workplace workplace,
        int rounds,
        TimeSpan pause,
        string[] options,
        IReadOnlyDictionary<string, string>? environment,
        string[][] commands)
    {
        string[] arguments = ["-p", $"{pause.TotalMilliseconds:0}", .. options, $"{rounds}", .. commands.SelectMany(command => command.Prepend(",")).Skip(1)];
        var output = await workplace.RunAsync(workplace.Tool("runs"), arguments, environment);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Line.Parse)];
    }

    private readonly record struct Line(int Command, double ToExit, double ToFirst)
    {
        public static Line Parse(string line)
        {
            var fields = line.Split(' ');
            return new(
                int.Parse(fields[0]),
                long.Parse(fields[1]) / NanosecondsPerMillisecond,
                fields.Length > 2 ? long.Parse(fields[2]) / NanosecondsPerMillisecond : double.NaN);
        }
    }
}
