using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Submission;

/// <summary>Makes a job of one line of a job file.</summary>
/// <param name="template">What the options of submit say; a line adds its command and may change the rest.</param>
/// <param name="directories">Checks working directories.</param>
/// <param name="clock">For new uids.</param>
internal sealed class JobLineParser(JobRequest template, WorkingDirectories directories, TimeProvider clock)
{
    // Lines that say the same about the environment share one block, which is then sent once.
    private readonly Dictionary<string, byte[]> _environments = new(StringComparer.Ordinal);

    /// <summary>The job; null for a blank line or a comment.</summary>
    /// <exception cref="CommandFailure">The line is wrong.</exception>
    public JobRequest? Parse(string line, int number)
    {
        var spec = template.Spec.Clone();
        spec.Uid = JobUids.New(clock);
        var job = template with { Spec = spec, Line = number };
        if (line.AsSpan().TrimStart().StartsWith("{"))
        {
            job = ReadObject(job, line);
        }
        else
        {
            spec.CommandArgv.AddRange(Split(line));
            if (spec.CommandArgv.Count == 0)
            {
                return null;
            }
        }

        Command.Check(spec.CommandArgv);
        WholeJob.Complete(spec);
        return job;
    }

    private static IReadOnlyList<string> Split(string line) =>
        ShellWords.TrySplit(line, out var words, out var problem) ? words : throw CommandFailure.Usage($"{problem}.");

    private JobRequest ReadObject(JobRequest job, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member is { Name: "env", Value: var settings })
                {
                    job = job with { Environment = EnvironmentWith(settings) };
                }
                else
                {
                    Set(job.Spec, member);
                }
            }

            return job;
        }
        catch (JsonException exception)
        {
            throw CommandFailure.Usage($"this is not JSON (column {exception.BytePositionInLine + 1}).");
        }
    }

    private void Set(JobSpec spec, JsonProperty member)
    {
        var value = member.Value;
        switch (member.Name)
        {
            case "command_argv" or "argv":
                SetCommand(spec, Texts(member));
                break;
            case "command":
                SetCommand(spec, value.ValueKind == JsonValueKind.Array ? Texts(member) : Split(Text(member)));
                break;
            case "name":
                spec.Name = Text(member);
                break;
            case "tags":
                spec.Tags.Clear();
                spec.Tags.AddRange(TagList.Parse(value.ValueKind == JsonValueKind.String ? [Text(member)] : Texts(member)));
                break;
            case "priority":
                spec.Priority = SubmitOptions.ParsePriority(NumberOrText(member));
                break;
            case "workdir" or "cwd" or "working_dir":
                directories.Set(spec, FullPath(member));
                break;
            case "config" when value.ValueKind == JsonValueKind.Object:
                spec.ConfigJson = ConfigArguments.Merge(spec.ConfigJson, value);
                break;
            case "client_job_id":
                spec.ClientJobId = Text(member);
                break;
            case "config":
                throw Wrong(member, "an object");
            default:
                var field = JobFields.Find(member.Name)
                    ?? throw CommandFailure.Usage($"there is no field {SafeText.Quote(member.Name)}; `whirrctl submit --help` lists them.");
                field.Set(spec, Values(member));
                break;
        }
    }

    private byte[] EnvironmentWith(JsonElement settings)
    {
        var key = settings.GetRawText();
        if (!_environments.TryGetValue(key, out var environment))
        {
            _environments[key] = environment = EnvironmentBlock.With(template.Environment, Settings(settings));
        }

        return environment;
    }

    private static void SetCommand(JobSpec spec, IReadOnlyList<string> words)
    {
        if (spec.CommandArgv.Count > 0)
        {
            throw CommandFailure.Usage("the command is given twice.");
        }

        spec.CommandArgv.AddRange(words);
    }

    private static List<string> Settings(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().Select(member => EnvironmentBlock.Check($"{member.Name}={Text(member)}")).ToList()
        : throw CommandFailure.Usage("\"env\" must be an object of strings.");

    private static List<string> Texts(JsonProperty member) => member.Value.ValueKind == JsonValueKind.Array
        ? member.Value.EnumerateArray().Select(each => String(each) ?? throw Wrong(member, "an array of strings")).ToList()
        : throw Wrong(member, "an array of strings");

    private static string Text(JsonProperty member) => String(member.Value) ?? throw Wrong(member, "a string");

    private string FullPath(JsonProperty member) => Text(member) is var path && !path.Contains('\0')
        ? Path.GetFullPath(path, template.Spec.Workdir)
        : throw Wrong(member, "a path");

    /// <summary>What may be said in words, in the shapes that JSON has for it: a list, or an object of settings.</summary>
    private static IReadOnlyList<string> Values(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.True => ["true"],
        JsonValueKind.False => ["false"],
        JsonValueKind.Array => member.Value.EnumerateArray().Select(item => NumberOrText(item) ?? throw Wrong(member, "an array of strings")).ToList(),
        JsonValueKind.Object => member.Value.EnumerateObject()
            .Select(item => $"{item.Name}={NumberOrText(item.Value) ?? throw Wrong(item, "a number or a string")}").ToList(),
        _ => [NumberOrText(member)],
    };

    private static string? NumberOrText(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? element.GetRawText() : String(element);

    private static string NumberOrText(JsonProperty member) => NumberOrText(member.Value) ?? throw Wrong(member, "a number");

    private static string? String(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, as in "\ud800", is valid JSON and no text.
            return null;
        }
    }

    private static CommandFailure Wrong(JsonProperty member, string wanted) =>
        CommandFailure.Usage($"{SafeText.Quote(member.Name)} must be {wanted}.");
}
