using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
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
    private readonly List<(JobField Field, Option Option)> _fields = [];

    public SubmitOptions()
    {
        var groups = new List<(string, IReadOnlyList<Option>)>
        {
            ("Job", [_name, _tags, _priority, _directory, _environment, _config, _clientJobId]),
        };
        foreach (var (heading, fields) in JobFields.Groups)
        {
            var options = fields.Select(CreateOption).ToList();
            _fields.AddRange(fields.Zip(options));
            groups.Add((heading, options));
        }

        Groups = groups;
    }

    /// <summary>All options, under the headings of the help.</summary>
    public IReadOnlyList<(string Heading, IReadOnlyList<Option> Options)> Groups { get; }

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
        };
        spec.Tags.AddRange(TagList.Parse(options.GetValue(_tags) ?? []));
        if (CreationMask.OfThisProcess() is { } mask)
        {
            spec.Umask = mask;
        }

        directories.Set(spec, session.Surroundings.Resolve(options.GetValue(_directory) ?? "."));
        foreach (var (field, option) in _fields)
        {
            if (Given(options, option) is { Count: > 0 } values)
            {
                field.Set(spec, values);
            }
        }

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

    private static Option CreateOption(JobField field)
    {
        var name = $"--{field.Name}";
        return field switch
        {
            { Value: null } => new Option<bool>(name) { Description = field.Description },
            { SetAll: not null } => new Option<string[]>(name) { Description = field.Description, HelpName = field.Value },
            _ => new Option<string>(name) { Description = field.Description, HelpName = field.Value },
        };
    }

    private static IReadOnlyList<string>? Given(ParseResult options, Option option) => option switch
    {
        Option<bool> flag => options.GetValue(flag) ? ["true"] : null,
        Option<string[]> list => options.GetValue(list),
        Option<string> one => options.GetValue(one) is { } value ? [value] : null,
        _ => throw new InvalidOperationException($"no way to read {option.Name}"),
    };
}
