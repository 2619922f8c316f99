using System.Net.Sockets;
using System.Text.Json;

namespace Whirr.Tests.Cli;

public sealed class WithoutDaemonTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-cli-").FullName;

    [Theory(Timeout = 30_000)]
    [InlineData("status")]
    [InlineData("submit", "true")]
    [InlineData("cancel", "1")]
    [InlineData("wait", "1")]
    [InlineData("logs", "-f", "1")]
    public async Task One_message_says_where_it_looked_and_how_to_start_one(params string[] words)
    {
        using var cli = Cli();
        Assert.Equal(3, await cli.RunAsync(words));
        Assert.Empty(cli.Output);
        Assert.Contains($"{_place}/none/socket: no such file", cli.Error, StringComparison.Ordinal);
        Assert.Contains("systemctl start whirrd", cli.Error, StringComparison.Ordinal);
        Assert.Contains("whirrd --user", cli.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Doctor_fails_and_version_does_not()
    {
        using var doctor = Cli();
        Assert.Equal(1, await doctor.RunAsync("doctor", "--json"));
        using var json = JsonDocument.Parse(doctor.Output);
        Assert.Equal("fail", json.RootElement.GetProperty("checks")[0].GetProperty("result").GetString());
        using var version = Cli();
        Assert.Equal(0, await version.RunAsync("version"));
        Assert.StartsWith("whirrctl ", version.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_daemon_that_keeps_silent_is_named_while_one_waits()
    {
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(_place, "silent");
        silent.Bind(new UnixDomainSocketEndPoint(path));
        silent.Listen();
        using var cli = new CommandLine { Socket = path, Directory = _place };
        var running = cli.RunAsync("version");
        await cli.ErrorWrites.WaitAsync();
        Assert.Equal($"whirrctl: waiting for the daemon at {path}\n", cli.Error);
        Assert.False(running.IsCompleted);
        silent.Close();
        Assert.Equal(0, await running);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_socket_path_that_is_too_long_is_named()
    {
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync("--socket", "/" + new string('x', 200), "status"));
        Assert.Contains("107 bytes", cli.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Init_makes_a_project_once()
    {
        using var first = Cli();
        Assert.Equal(0, await first.RunAsync("init", "new/project"));
        var config = Path.Combine(_place, "new/project/.whirr/config.yaml");
        Assert.True(Directory.Exists(Path.Combine(_place, "new/project/.whirr/runs")));
        Assert.All(await File.ReadAllLinesAsync(config), line => Assert.True(line.Length == 0 || line[0] == '#'));
        await File.WriteAllTextAsync(config, "mine");
        using var second = Cli();
        Assert.Equal(0, await second.RunAsync("init", "new/project"));
        Assert.StartsWith("Already a whirr project: ", second.Output, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(config));
    }

    [Fact(Timeout = 30_000)]
    public async Task Init_does_not_replace_a_file()
    {
        await File.WriteAllTextAsync(Path.Combine(_place, ".whirr"), "mine");
        using var cli = Cli();
        Assert.Equal(1, await cli.RunAsync("init"));
        Assert.Contains("in the way", cli.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(2, "say what to do")]
    [InlineData(2, "frobnicate", "frobnicate")]
    [InlineData(2, "-x", "status", "-x")]
    [InlineData(2, "Required argument", "submit", "-n")]
    public async Task A_wrong_command_line_is_a_usage_error(int code, string part, params string[] words)
    {
        using var cli = Cli();
        Assert.Equal(code, await cli.RunAsync(words));
        Assert.Contains(part, cli.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("submti", "submit")]
    [InlineData("Status", "status")]
    [InlineData("log", "logs")]
    [InlineData("ps", "status")]
    [InlineData("kill", "cancel")]
    [InlineData("run", "submit")]
    [InlineData("frobnicate", null)]
    [InlineData("x", null)]
    public async Task A_word_that_is_no_verb_leads_to_the_one_that_was_meant(string word, string? verb)
    {
        using var cli = Cli();
        Assert.Equal(2, await cli.RunAsync(word, "7"));
        Assert.Contains($"there is no verb \"{word}\"", cli.Error, StringComparison.Ordinal);
        Assert.Equal(verb is not null, cli.Error.Contains("Did you mean", StringComparison.Ordinal));
        Assert.Contains($"`whirrctl {verb}", cli.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Help_is_a_verb_too()
    {
        foreach (var (words, same) in new (string[], string[])[] { (["help"], ["--help"]), (["help", "submit"], ["submit", "--help"]) })
        {
            using var one = Cli();
            using var other = Cli();
            Assert.Equal(0, await one.RunAsync(words));
            Assert.Equal(0, await other.RunAsync(same));
            Assert.Equal(other.Output, one.Output);
        }

        using var unknown = Cli();
        Assert.Equal(2, await unknown.RunAsync("help", "submti"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Help_lists_every_verb_and_the_exit_codes()
    {
        using var cli = Cli();
        Assert.Equal(0, await cli.RunAsync("--help"));
        foreach (var verb in new[] { "init", "submit", "status", "logs", "attach", "cancel", "wait", "retry", "extend", "events", "drain", "resume", "clean", "runs", "show", "reindex", "tag", "note", "artifacts", "rm", "sweep", "ablate", "watch", "version", "doctor" })
        {
            Assert.Contains($"\n  {verb} ", cli.Output, StringComparison.Ordinal);
            using var page = Cli();
            Assert.Equal(0, await page.RunAsync(verb, "--help"));
            Assert.Contains($"Usage: whirrctl {verb} ", page.Output, StringComparison.Ordinal);
            Assert.Contains("Examples:\n", page.Output, StringComparison.Ordinal);
            Assert.Contains("--socket", page.Output, StringComparison.Ordinal);
        }

        Assert.Contains("125  the job was cancelled", cli.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_nobody_foresaw_is_one_sentence()
    {
        using var cli = new CommandLine { Directory = "not/absolute" };
        Assert.Equal(1, await cli.RunAsync("submit", "true"));
        Assert.StartsWith("whirrctl: a mistake in whirrctl (ArgumentException", cli.Error, StringComparison.Ordinal);
        Assert.Single(cli.Error.TrimEnd('\n').Split('\n'));
    }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    private CommandLine Cli() => new() { Socket = Path.Combine(_place, "none", "socket"), Directory = _place };
}
