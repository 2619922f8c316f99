using Whirr.Cli.Diagnosis;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl doctor</c>: is everything as it should be, and if not, how to mend it.</summary>
internal static class DoctorCommand
{
    public static Verb Create(Surroundings surroundings) =>
        new Verb("doctor", "Check the daemon and this machine, and say how to mend what is wrong")
        {
            Usage = "[options]",
            Examples = ["whirrctl doctor", "whirrctl doctor --json"],
            Notes = "It looks at the socket, the units of systemd, control groups, directories and disks, the database, the clock, GPU tools, and the\n"
                + "versions of daemon, keeper and Python package. It changes nothing and works without a daemon. Each line is ok, a note (nothing is\n"
                + "wrong), a warning (something is missing or soon will be) or a PROBLEM (jobs cannot run as they should), and says how to mend it.\n"
                + "\n"
                + "Exit code 1: there is a problem; else 0.",
        }.Does(surroundings, RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        session.Patient = false;
        var findings = await LookAsync(session);
        FindingsPage.Write(session, findings);
        return findings.Exists(finding => finding.Result == Verdict.Fail) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static async Task<List<Finding>> LookAsync(Session session)
    {
        var findings = new List<Finding>();
        var surroundings = session.Surroundings;
        var choice = session.ChooseSocket();
        var asked = session.Now;
        InfoReply? info = null;
        CommandFailure? failure = null;
        try
        {
            info = await session.Daemon.AskAsync(call => session.Daemon.Daemon.InfoAsync(new InfoRequest { IncludeKeeper = true }, call));
        }
        catch (CommandFailure why)
        {
            failure = why;
        }

        var answered = session.Now;
        findings.AddRange(SocketChecks.Of(choice, info, failure));
        if (info is not null)
        {
            findings.AddRange(DaemonChecks.Of(info, VersionCommand.Client, surroundings.Clock));
        }

        findings.AddRange(UnitChecks.Of(surroundings, info));
        findings.AddRange(CgroupChecks.Of(info, surroundings.Machine.HasCgroup2));
        findings.AddRange(PlaceChecks.Of(info, surroundings.CurrentDirectory()));
        findings.AddRange(info is null ? [] : DatabaseChecks.Of(info));
        findings.AddRange(ClockChecks.Of(info, asked, answered, surroundings.Machine.ClockIsKept));
        findings.AddRange(ToolChecks.Of(surroundings, info, VersionCommand.Client));
        return findings;
    }
}
