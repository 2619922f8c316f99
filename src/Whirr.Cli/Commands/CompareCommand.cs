using System.CommandLine;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl compare</c>: what differs between runs, and which is best.</summary>
internal static class CompareCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var runs = new Argument<string[]>("RUN") { Arity = ArgumentArity.ZeroOrMore };
        var metrics = new Option<string[]>("--metric", "-m") { Description = "Only this metric; may be given more than once", HelpName = "NAME" };
        var allConfig = new Option<bool>("--all-config") { Description = "Also the configuration that is the same in all" };
        var group = new Option<string>("--group") { Description = "Mean and standard deviation over runs that have this in common, e.g. config.lr", HelpName = "FIELD" };
        var rank = new Option<int>("--rank") { Description = "Metrics of this rank (default: 0)", HelpName = "N" };
        var csv = new Option<bool>("--csv") { Description = "Write CSV, a run a line" };
        return new Verb("compare", "Show what differs between runs, and the best and last value of each metric")
        {
            Usage = "RUN RUN... [options]",
            Examples = ["whirrctl compare 7 8", "whirrctl compare job-7 job-8 job-9 -m loss", "whirrctl compare 7 8 9 10 --group config.lr", "whirrctl compare 7 8 --csv"],
            Notes = "The best is the least where the name of the metric contains loss, error, mse or mae, else the largest; it is green, or has a `*`.\n"
                + "A run is an id, the beginning of one, a job number or the path of a run directory.",
            Arguments = { runs },
            Options = { metrics, allConfig, group, rank, csv },
        }.Does(surroundings, async session =>
        {
            var words = session.Options.GetValue(runs) ?? [];
            if (words.Length < 2)
            {
                throw CommandFailure.Usage("name at least two runs to compare; `whirrctl runs` lists them.");
            }

            if (session.Options.GetValue(rank) < 0)
            {
                throw CommandFailure.Usage("--rank takes a whole number from 0.");
            }

            var chosen = await RunChoice.ResolveAsync(session, words);
            if (chosen.Count < 2)
            {
                throw CommandFailure.Usage("these are one and the same run; name at least two.");
            }

            var wanted = session.Options.GetValue(metrics) ?? [];
            var comparison = Comparison.Of(surroundings, chosen, wanted, session.Options.GetValue(allConfig), session.Options.GetValue(rank));
            foreach (var name in wanted)
            {
                if (comparison.Metrics.All(metric => metric.Name != name) && comparison.Summary.All(field => field.Name != name))
                {
                    throw new CommandFailure(FailureKind.NotFound, $"none of these runs has a metric {SafeText.Quote(name)}.");
                }
            }

            var groups = session.Options.GetValue(group) is { } field ? RunGroups.By(field, comparison) : null;
            if (session.Json)
            {
                ComparisonDocument.Write(session.Out, comparison, groups);
            }
            else if (groups is not null)
            {
                ComparisonTable.WriteGroups(session.Out, session.Options.GetValue(group)!, groups, session.Options.GetValue(csv));
            }
            else
            {
                ComparisonTable.Write(session.Out, comparison, session.Options.GetValue(csv));
            }

            return ExitCodes.Ok;
        });
    }
}
