using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Whirr.EndToEnd.Harness;

/// <summary>A whirrd with a place of its own, that can be killed and started again.</summary>
internal sealed class PrivateDaemon : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;
    private static readonly string[] NoConfig = ["--config", "/dev/null"];
    private static readonly string[] ShortGrace = ["--kill-grace-period", "2s"];
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly bool _system;
    private Process? _process;
    private TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PrivateDaemon(bool system, string[] options)
    {
        _system = system;
        Options = [.. options];
        Place = Directory.CreateTempSubdirectory("whirr-e2e-").FullName;
        if (system)
        {
            // Other users pass through to their runs.
            File.SetUnixFileMode(Place, (UnixFileMode)0b111_101_101);
        }
    }

    /// <summary>What it gets on its command line in its next life.</summary>
    public List<string> Options { get; }

    /// <summary>A directory of this test's own.</summary>
    public string Place { get; }

    public string Socket => Path.Combine(Place, "socket");

    public string Database => Path.Combine(Place, "state", "daemon", "whirr.db");

    public int Pid => _process!.Id;

    /// <summary>What the daemon wrote to its log so far.</summary>
    public string Log => string.Join('\n', _log);

    public static async Task<PrivateDaemon> StartAsync(params string[] options)
    {
        var daemon = new PrivateDaemon(system: false, options);
        await daemon.StartAgainAsync();
        return daemon;
    }

    public static async Task<PrivateDaemon> StartSystemAsync(params string[] options)
    {
        var daemon = new PrivateDaemon(system: true, options);
        await daemon.StartAgainAsync();
        return daemon;
    }

    /// <summary>Makes the place, starts nothing.</summary>
    public static PrivateDaemon Prepare(params string[] options) => new(system: false, options);

    /// <summary>Starts it (again) in the same place, and waits until it listens.</summary>
    /// <param name="environment">Variables for this life of the daemon.</param>
    public async Task StartAgainAsync(params (string Name, string? Value)[] environment)
    {
        Launch(environment);
        var ended = _process!.WaitForExitAsync();
        if (await Task.WhenAny(_listening.Task, ended).WaitAsync(TimeLimit) == ended)
        {
            throw new InvalidOperationException($"whirrd ended with {_process.ExitCode}:\n{Log}");
        }
    }

    /// <summary>Starts it and waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunToEndAsync(params (string Name, string? Value)[] environment)
    {
        Launch(environment);
        await _process!.WaitForExitAsync().WaitAsync(TimeLimit);
        return _process.ExitCode;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        Signals.Send(Pid, Sigkill);
        await EndedAsync();
    }

    /// <summary>Asks it to stop.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signals.Send(Pid, Sigterm);
        await EndedAsync();
        return _process!.ExitCode;
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public Task EndedAsync() => _process!.WaitForExitAsync().WaitAsync(TimeLimit);

    public Task<CommandResult> CtlAsync(params string[] arguments) => CtlAsync(arguments, input: null);

    public Task<CommandResult> CtlAsync(string[] arguments, string? input, string? directory = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var all = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>()) { ["WHIRR_SOCKET"] = Socket };
        return Command.RunAsync(Programs.Whirrctl, arguments, all, directory ?? Place, input);
    }

    /// <summary>Runs whirrctl as another user, with no groups but its own.</summary>
    public Task<CommandResult> CtlAsAsync(int uid, params string[] arguments)
    {
        // A copy of the program in a place that everybody may read, whatever the rights of the checkout are.
        var program = Path.Combine(Place, "whirrctl");
        if (!File.Exists(program))
        {
            File.Copy(Programs.Whirrctl, program);
            File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        }

        return Command.RunAsync(
            "/usr/bin/setpriv",
            [$"--reuid={uid}", $"--regid={uid}", "--clear-groups", program, .. arguments],
            new Dictionary<string, string?> { ["WHIRR_SOCKET"] = Socket, ["HOME"] = Place },
            Place);
    }

    /// <summary>Submits a shell script and returns the id of its job.</summary>
    public async Task<long> SubmitScriptAsync(string script, params string[] options) =>
        long.Parse((await CtlAsync(["submit", "-q", .. options, "--", "/bin/sh", "-c", script])).Succeeded);

    /// <summary>The job as <c>whirrctl status ID --json</c> shows it.</summary>
    public async Task<JsonElement> StatusAsync(long id)
    {
        using var document = JsonDocument.Parse((await CtlAsync("status", $"{id}", "--json")).Succeeded);
        return document.RootElement.Clone();
    }

    public async Task<string> StateAsync(long id) => (await StatusAsync(id)).GetProperty("state").GetString()!;

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await CtlAsync("cancel", "--all-queued");
            foreach (var id in await LiveAsync())
            {
                await CtlAsync("cancel", $"{id}", "--wait");
            }

            await StopAsync();
        }

        _process?.Dispose();
        Directory.Delete(Place, recursive: true);
    }

    private async Task<List<long>> LiveAsync()
    {
        var listed = await CtlAsync("status", "--state", "allocated,starting,running", "-n", "1000", "--json");
        if (listed.ExitCode != 0)
        {
            return [];
        }

        using var document = JsonDocument.Parse(listed.Output);
        return [.. document.RootElement.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetInt64())];
    }

    private void Launch((string Name, string? Value)[] environment)
    {
        _process?.Dispose();
        _listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] arguments =
        [
            _system ? "--system" : "--user", .. Options.Contains("--config") ? [] : NoConfig, "--socket", Socket,
            .. Options.Contains("--state-dir") ? [] : (string[])["--state-dir", Path.Combine(Place, "state")],
            .. Options.Contains("--runs-dir") ? [] : (string[])["--runs-dir", Path.Combine(Place, "runs")], .. Options.Contains("--keeper") ? [] : (string[])["--keeper", Programs.Keeper],
            .. Options.Contains("--kill-grace-period") ? [] : ShortGrace, .. Options,
        ];
        _process = Command.Start(Programs.Whirrd, arguments, environment.ToDictionary(entry => entry.Name, entry => entry.Value));
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        if (line.Contains("listens on", StringComparison.Ordinal))
        {
            _listening.TrySetResult();
        }
    }
}
