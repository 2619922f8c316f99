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
            Notes = "Exit code 0 unless a line says FAIL.",
        }.Does(surroundings, RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        session.Patient = false;
        var findings = new List<Finding>();
        InfoReply? info = null;
        try
        {
            info = await session.Daemon.AskAsync(call => session.Daemon.Daemon.InfoAsync(new InfoRequest { IncludeKeeper = true }, call));
        }
        catch (CommandFailure failure)
        {
            findings.Add(Finding.Fail(
                "daemon",
                failure.Message.ReplaceLineEndings(" "),
                "see `journalctl -u whirrd` when it runs and does not answer"));
        }

        if (info is not null)
        {
            findings.AddRange(DaemonChecks.Of(info, session.Daemon.Socket, VersionCommand.Client, session.Surroundings.Clock));
        }

        findings.AddRange(PlaceChecks.Of(info, session.Surroundings.CurrentDirectory()));
        Report(session, findings);
        return findings.Exists(finding => finding.Result == Verdict.Fail) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static void Report(Session session, List<Finding> findings)
    {
        var failures = findings.Count(finding => finding.Result == Verdict.Fail);
        var warnings = findings.Count(finding => finding.Result == Verdict.Warn);
        if (session.Json)
        {
            session.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("checks");
                foreach (var finding in findings)
                {
                    json.WriteStartObject();
                    json.WriteString("name", finding.Name);
                    json.WriteString("result", finding.Result.ToWord());
                    json.WriteString("detail", finding.Detail);
                    JobDocument.Text(json, "advice", finding.Advice);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteNumber("failures", failures);
                json.WriteNumber("warnings", warnings);
                json.WriteEndObject();
            });
            return;
        }

        foreach (var finding in findings)
        {
            var (word, colour) = finding.Result switch
            {
                Verdict.Ok => ("ok  ", Colour.Green),
                Verdict.Warn => ("warn", Colour.Yellow),
                _ => ("FAIL", Colour.Red),
            };
            session.Out.WriteLine($"{session.Out.Paint(word, colour)}  {finding.Name,-12}{SafeText.Escape(finding.Detail)}");
            if (finding.Advice.Length > 0)
            {
                session.Out.WriteLine($"      {"",-12}-> {SafeText.Escape(finding.Advice)}");
            }
        }

        session.Out.WriteLine((failures, warnings) switch
        {
            (0, 0) => "All checks passed",
            (0, _) => $"No failures, {Count(warnings, "warning")}",
            _ => $"{Count(failures, "failure")}, {Count(warnings, "warning")}",
        });
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
