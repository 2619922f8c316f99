using System.CommandLine;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Submission;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl init</c>: makes a directory the home of a project.</summary>
internal static class InitCommand
{
    private const string Settings = """
        # Settings of this whirr project. Everything here is optional; the values shown are the defaults. Times are in seconds.

        # Time between SIGTERM and SIGKILL when a job is cancelled.
        # kill_grace_period: 10

        # How often a worker shows that it is alive, and after how long without a sign its job counts as orphaned.
        # heartbeat_interval: 30
        # heartbeat_timeout: 120

        # How often a worker looks for work where nothing can wake it.
        # poll_interval: 5

        """;

    public static Verb Create(Surroundings surroundings)
    {
        var path = new Argument<string?>("PATH") { Description = "The project's directory", Arity = ArgumentArity.ZeroOrOne };
        return new Verb("init", "Make a project: run directories of jobs started in it or below are kept in its .whirr/runs")
        {
            Usage = "[PATH] [options]",
            Examples = ["whirrctl init", "whirrctl init ~/experiments"],
            Arguments = { path },
        }.Does(surroundings, session => Task.FromResult(Run(session, session.Options.GetValue(path) ?? ".")));
    }

    private static int Run(Session session, string path)
    {
        var project = Path.Combine(session.Surroundings.Resolve(path), ProjectDirectory.Name);
        var existed = Directory.Exists(project);
        try
        {
            if (!existed)
            {
                Directory.CreateDirectory(Path.Combine(project, ProjectDirectory.Runs));
                File.WriteAllText(Path.Combine(project, "config.yaml"), Settings);
            }
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            var why = File.Exists(project) ? "a file of that name is in the way" : FileProblem.Describe(exception);
            throw new CommandFailure(FailureKind.Files, $"cannot make {SafeText.Quote(project)}: {why}.", exception);
        }

        if (existed && ProjectDirectory.WhyUnusable(project, Users.Caller) is { } unusable)
        {
            throw new CommandFailure(FailureKind.PermissionDenied, unusable);
        }

        if (session.Json)
        {
            session.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("path", project);
                json.WriteBoolean("created", !existed);
                json.WriteEndObject();
            });
        }
        else
        {
            session.Out.WriteLine($"{(existed ? "Already a whirr project" : "Made a whirr project")}: {SafeText.Escape(project)}");
        }

        return ExitCodes.Ok;
    }
}
