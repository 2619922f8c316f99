using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Submission;
using Whirr.Cli.Syntax;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Whirr.Cli.Sweeps;

/// <summary>Reads a sweep file (YAML, of which JSON is a part).</summary>
/// <param name="name">What messages call it.</param>
internal sealed class SweepFile(string name)
{
    /// <summary>Reads all of it.</summary>
    /// <exception cref="CommandFailure">Something in it is wrong; the message begins with <c>name:line:</c>.</exception>
    public SweepPlan Read(TextReader text)
    {
        YamlMappingNode root;
        try
        {
            var yaml = new YamlStream();
            yaml.Load(text);
            root = yaml.Documents is [var only] && only.RootNode is YamlMappingNode mapping
                ? mapping
                : throw Wrong(1, "a sweep is one mapping with program and parameters.");
        }
        catch (YamlException exception)
        {
            throw Wrong(exception.Start.Line, $"this is not YAML: {SafeText.Escape(exception.Message.TrimEnd('.'))}.");
        }

        return Check(root, ReadMembers(root));
    }

    private SweepPlan ReadMembers(YamlMappingNode root)
    {
        IReadOnlyList<string>? program = null;
        IReadOnlyList<SweepParameter>? parameters = null;
        var plan = new SweepPlan { Program = [], Parameters = [] };
        foreach (var (key, value) in root.Children)
        {
            switch (Key(key))
            {
                case "program":
                    program = Words(value);
                    break;
                case "parameters":
                    parameters = [.. Mapping(value, "parameters").Children.Select(each => Parameter(Key(each.Key), each.Value))];
                    break;
                case "method":
                    plan = plan with { IsRandom = Method(value) };
                    break;
                case "name":
                    plan = plan with { Name = Text(value, "name") };
                    break;
                case "max_runs":
                    plan = plan with { MaxRuns = (int)Whole(value, "max_runs", 1, JobFile.MostJobs) };
                    break;
                case "seed":
                    plan = plan with { Seed = (ulong)Whole(value, "seed", 0, long.MaxValue) };
                    break;
                case "tags":
                    plan = plan with { Tags = TagList.Parse(Texts(value, "tags")) };
                    break;
                case "job":
                    plan = plan with { JobFields = [.. Mapping(value, "job").Children.Select(JobField)] };
                    break;
                case var other:
                    throw Wrong(
                        key.Start.Line,
                        $"there is no {SafeText.Quote(other)} in a sweep; there are program, parameters, method, name, max_runs, seed, tags and job.");
            }
        }

        return plan with
        {
            Program = program ?? throw Wrong(1, "program is missing, the command to run."),
            Parameters = parameters is { Count: > 0 } ? parameters : throw Wrong(1, "parameters is missing, what to vary."),
        };
    }

    /// <summary>What goes with what.</summary>
    private SweepPlan Check(YamlMappingNode root, SweepPlan plan)
    {
        if (plan is { IsRandom: true, MaxRuns: null })
        {
            throw Wrong(root.Start.Line, "a random sweep needs max_runs, how many to draw.");
        }

        if (!plan.IsRandom && plan.Parameters.FirstOrDefault(parameter => parameter.IsDrawn) is { } drawn)
        {
            throw Wrong(
                LineOf(root, drawn.Name),
                $"{SafeText.Quote(drawn.Name)} has a distribution, and a grid needs values; write method: random, or list the values.");
        }

        return plan.Count <= JobFile.MostJobs
            ? plan
            : throw Wrong(root.Start.Line, $"this makes more than {JobFile.MostJobs} runs; max_runs takes the first so many.");
    }

    private static long LineOf(YamlMappingNode root, string parameter)
    {
        var parameters = root.Children.First(each => each.Key is YamlScalarNode { Value: "parameters" }).Value;
        return ((YamlMappingNode)parameters).Children.First(each => each.Key is YamlScalarNode key && key.Value == parameter).Key.Start.Line;
    }

    private SweepParameter Parameter(string name, YamlNode node)
    {
        if (name.Length == 0 || name.Any(c => SafeText.IsUnsafe(c) || c is ' ' or '='))
        {
            throw Wrong(node.Start.Line, $"{SafeText.Quote(name)} is no name of a parameter.");
        }

        // A list, or one value that is the same in all runs, says what it is.
        if (node is not YamlMappingNode mapping)
        {
            return new SweepParameter(name, node is YamlSequenceNode list ? Values(name, list) : [SweepValues.Read(this, node)]);
        }

        var members = mapping.Children.ToDictionary(each => Key(each.Key), each => each.Value);
        if (members.Keys.FirstOrDefault(key => key is not ("value" or "values" or "distribution" or "min" or "max")) is { } unknown)
        {
            throw Wrong(node.Start.Line, $"{SafeText.Quote(name)}: there is no {SafeText.Quote(unknown)}; there are values, or distribution, min and max.");
        }

        var kinds = members.Keys.Count(key => key is "value" or "values" or "distribution");
        return kinds != 1 ? throw Wrong(node.Start.Line, $"{SafeText.Quote(name)} needs either values, or distribution with min and max.")
            : members.TryGetValue("value", out var value) ? new SweepParameter(name, [SweepValues.Read(this, value)])
            : members.TryGetValue("values", out var values) ? new SweepParameter(name, Values(name, values))
            : Drawn(name, node, members);
    }

    private List<SweepValue> Values(string name, YamlNode node) => node is YamlSequenceNode { Children.Count: > 0 } list
        ? [.. list.Children.Select(child => SweepValues.Read(this, child))]
        : throw Wrong(node.Start.Line, $"the values of {SafeText.Quote(name)} must be a list of at least one.");

    private SweepParameter Drawn(string name, YamlNode node, Dictionary<string, YamlNode> members)
    {
        var kind = Text(members["distribution"], "distribution") switch
        {
            "uniform" => Distribution.Uniform,
            "log_uniform" => Distribution.LogUniform,
            "int_uniform" => Distribution.IntUniform,
            var other => throw Wrong(
                members["distribution"].Start.Line,
                $"there is no distribution {SafeText.Quote(other)}; there are uniform, log_uniform and int_uniform."),
        };
        var (min, max) = (Bound("min"), Bound("max"));
        if (!(min < max))
        {
            throw Wrong(node.Start.Line, $"{SafeText.Quote(name)}: min must be below max.");
        }

        if (kind == Distribution.LogUniform && min <= 0)
        {
            throw Wrong(members["min"].Start.Line, $"{SafeText.Quote(name)}: min of log_uniform must be above 0.");
        }

        if (kind == Distribution.IntUniform && (min != Math.Floor(min) || max != Math.Floor(max) || Math.Abs(min) > 1e15 || Math.Abs(max) > 1e15))
        {
            throw Wrong(node.Start.Line, $"{SafeText.Quote(name)}: min and max of int_uniform must be whole numbers.");
        }

        return new SweepParameter(name, []) { Distribution = kind, Min = min, Max = max };

        double Bound(string which)
        {
            if (!members.TryGetValue(which, out var bound))
            {
                throw Wrong(node.Start.Line, $"{SafeText.Quote(name)} has a distribution and needs {which}.");
            }

            return double.TryParse(Text(bound, which), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number
                : throw Wrong(bound.Start.Line, $"{SafeText.Quote(name)}: {which} must be a number.");
        }
    }

    private (string Name, IReadOnlyList<string> Values, long Line) JobField(KeyValuePair<YamlNode, YamlNode> member)
    {
        var field = Key(member.Key);
        var values = member.Value is YamlMappingNode pairs
            ? [.. pairs.Children.Select(each => $"{Key(each.Key)}={Text(each.Value, field)}")]
            : Texts(member.Value, field);
        return JobFields.Find(field) is null
            ? throw Wrong(member.Key.Start.Line, $"there is no field {SafeText.Quote(field)} of a job; `whirrctl submit --help` lists them.")
            : (field, values, member.Key.Start.Line);
    }

    private IReadOnlyList<string> Words(YamlNode node)
    {
        if (node is YamlSequenceNode list)
        {
            return [.. list.Children.Select(each => Text(each, "program"))];
        }

        return !ShellWords.TrySplit(Text(node, "program"), out var words, out var problem) ? throw Wrong(node.Start.Line, $"program: {problem}.")
            : words.Count > 0 ? words
            : throw Wrong(node.Start.Line, "program is empty.");
    }

    private bool Method(YamlNode node) => Text(node, "method") switch
    {
        "grid" => false,
        "random" => true,
        var other => throw Wrong(node.Start.Line, $"there is no method {SafeText.Quote(other)}; there are grid and random."),
    };

    private long Whole(YamlNode node, string what, long least, long most) =>
        long.TryParse(Text(node, what), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Wrong(node.Start.Line, $"{what} must be a whole number from {least} to {most}.");

    private string Key(YamlNode node) => node is YamlScalarNode { Value: { } key } ? key : throw Wrong(node.Start.Line, "a key must be a plain word.");

    private IReadOnlyList<string> Texts(YamlNode node, string what) =>
        node is YamlSequenceNode list ? [.. list.Children.Select(each => Text(each, what))] : [Text(node, what)];

    private string Text(YamlNode node, string what) => node is YamlScalarNode { Value: { } text } && !text.Contains('\0')
        ? text
        : throw Wrong(node.Start.Line, $"{what} must have one plain value.");

    private YamlMappingNode Mapping(YamlNode node, string what) =>
        node as YamlMappingNode ?? throw Wrong(node.Start.Line, $"{what} must be a mapping (key: value lines).");

    /// <summary>A failure that names the place.</summary>
    public CommandFailure Wrong(long line, string why) => CommandFailure.Usage($"{SafeText.Escape(name)}:{line}: {why} Nothing was submitted.");
}
