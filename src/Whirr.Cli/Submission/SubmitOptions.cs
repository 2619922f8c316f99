using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
using OnDaemonLoss = Whirr.Protocol.V1.OnDaemonLoss;
using OnLost = Whirr.Protocol.V1.OnLost;
using Option = System.CommandLine.Option;

namespace Whirr.Cli.Submission;

/// <summary>The options of <c>submit</c> that describe a job. With <c>--from</c> they are what each line starts from.</summary>
internal sealed class SubmitOptions
{
    private readonly Option<string> _name = new("--name", "-n")
    {
        Description = "Name for people (default: taken from the command)",
        HelpName = "NAME",
    };
    private readonly Option<string[]> _tags = new("--tags", "-t") { Description = "Labels, separated by commas", HelpName = "A,B" };
    private readonly Option<string> _priority = new("--priority", "-p") { Description = "Higher runs first (default: 0)", HelpName = "N" };
    private readonly Option<string> _directory = new("--chdir", "-C")
    {
        Description = "Directory to start in (default: this one)",
        HelpName = "DIR",
    };
    private readonly Option<string[]> _environment = new("--env", "-e")
    {
        Description = "Set a variable over the current environment, which the job gets",
        HelpName = "NAME=VALUE",
    };
    private readonly Option<string[]> _config = new("--config", "-c")
    {
        Description = "A hyperparameter (a value that is JSON is taken as JSON), or a file with one JSON object of them",
        HelpName = "KEY=VALUE...|@FILE",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string> _clientJobId = new("--client-job-id")
    {
        Description = "An id of your own: submitting it again gives the first job instead of another",
        HelpName = "ID",
    };
    private readonly Option<string> _onLost = new("--on-lost")
    {
        Description = "When its keeper or machine dies: run it again, or end it",
        HelpName = "requeue|stop",
    };
    private readonly Option<string> _onDaemonLoss = new("--on-daemon-loss")
    {
        Description = "When the daemon goes away: let it run on, or end it",
        HelpName = "keep|kill",
    };
    private readonly Option<string> _maxAttempts = new("--max-attempts")
    {
        Description = "How often it may be started in all",
        HelpName = "N",
    };
    private readonly Option<string> _grace = new("--grace")
    {
        Description = "Time between SIGTERM and SIGKILL when it is cancelled, e.g. 30s or 5m",
        HelpName = "DURATION",
    };

    public IEnumerable<Option> All =>
        [_name, _tags, _priority, _directory, _environment, _config, _clientJobId, _onLost, _onDaemonLoss, _maxAttempts, _grace];

    /// <summary>True when an id was given that only one job can have.</summary>
    public bool HasClientJobId(ParseResult options) => options.GetValue(_clientJobId) is not null;

    /// <summary>What the options say, together with what a job takes over from this process. The command is still missing.</summary>
    /// <exception cref="CommandFailure">An option is wrong.</exception>
    public JobRequest Read(Session session, WorkingDirectories directories)
    {
        var options = session.Options;
        var spec = new JobSpec
        {
            Name = options.GetValue(_name) is { } name ? ParseName(name) : "",
            ClientJobId = options.GetValue(_clientJobId) ?? "",
            Priority = options.GetValue(_priority) is { } priority ? ParsePriority(priority) : 0,
            ConfigJson = options.GetValue(_config) is { } config ? ConfigArguments.ToJson(config, session.Surroundings.Resolve) : "",
            OnLost = options.GetValue(_onLost) is { } lost ? PolicyWords.ParseOnLost(lost) : OnLost.Unspecified,
            OnDaemonLoss = options.GetValue(_onDaemonLoss) is { } loss ? PolicyWords.ParseOnDaemonLoss(loss) : OnDaemonLoss.Unspecified,
            MaxAttempts = options.GetValue(_maxAttempts) is { } attempts ? ParseMaxAttempts(attempts) : 0,
            KillGracePeriod = options.GetValue(_grace) is { } grace ? ParseGrace(grace) : null,
        };
        spec.Tags.AddRange(TagList.Parse(options.GetValue(_tags) ?? []));
        if (CreationMask.OfThisProcess() is { } mask)
        {
            spec.Umask = mask;
        }

        directories.Set(spec, session.Surroundings.Resolve(options.GetValue(_directory) ?? "."));
        var settings = Array.ConvertAll(options.GetValue(_environment) ?? [], EnvironmentBlock.Check);
        return new JobRequest(spec, EnvironmentBlock.With(EnvironmentBlock.OfThisProcess(), settings));
    }

    private static string ParseName(string text) => !string.IsNullOrWhiteSpace(text)
        ? text
        : throw CommandFailure.Usage("-n takes a name, and this one is empty; without -n the name is taken from the command.");

    public static int ParsePriority(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number is >= -JobRules.MaxPriority and <= JobRules.MaxPriority
            ? number
            : throw CommandFailure.Usage($"a priority is a whole number from -1000000 to 1000000, not {SafeText.Quote(text)}.");

    public static uint ParseMaxAttempts(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= JobRules.MaxAttempts
            ? number
            : throw CommandFailure.Usage($"max_attempts is a whole number from 1 to 1000, not {SafeText.Quote(text)}.");

    public static Duration ParseGrace(string text) =>
        DurationText.TryParse(text, out var span) && span <= JobRules.MaxKillGracePeriod
            ? Duration.FromTimeSpan(span)
            : throw CommandFailure.Usage($"a grace period is a time up to 1d, like 30s or 5m, not {SafeText.Quote(text)}.");
}
