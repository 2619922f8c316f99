using System.Diagnostics;

namespace Whirr.Bench.Places;

/// <summary>What a measurement works with: the programs under test, the tools, a directory on a disk.</summary>
internal sealed class Workplace(BenchOptions options, CancellationToken stop)
{
    private int _made;

    public Effort Effort => options.Effort;

    /// <summary>Cancelled when the bench is to end.</summary>
    public CancellationToken Stop => stop;

    public string Whirrctl => Program("whirrctl");

    public string Program(string name) => Path.Combine(options.Programs, name);

    public string Tool(string name) => Path.Combine(options.Tools, name);

    /// <summary>A path that nothing has yet.</summary>
    /// <param name="name">Ends it.</param>
    public string NewPath(string name) => Path.Combine(options.Place, $"{++_made}{name}");

    /// <summary>A new named pipe.</summary>
    public async Task<string> NewPipeAsync()
    {
        var path = NewPath(".pipe");
        await RunAsync("mkfifo", [path]);
        return path;
    }

    /// <summary>Waits, as a part of what is measured.</summary>
    public Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, stop);

    /// <summary>Runs a program to its end, which must be a good one.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it said.</exception>
    public async Task<string> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        stop.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var error = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} failed: {await error}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a tool that prints how many seconds its work took.</summary>
    public async Task<double> SecondsAsync(string tool, params string[] arguments) => double.Parse(await RunAsync(Tool(tool), arguments));
}
