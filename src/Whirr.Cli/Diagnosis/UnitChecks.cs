using Whirr.Protocol.V1;

namespace Whirr.Cli.Diagnosis;

/// <summary>The units of systemd: are they there, do they start at boot, have they failed.</summary>
internal static class UnitChecks
{
    private const string Daemon = "whirrd.service";
    private const string Jobs = "whirr-jobs.service";
    private const string Properties = "--property=LoadState,ActiveState,SubState,UnitFileState,Result,MainPID";

    /// <param name="surroundings">Has systemctl.</param>
    /// <param name="info">What the daemon says; null: none answers.</param>
    public static IEnumerable<Finding> Of(Surroundings surroundings, InfoReply? info)
    {
        if (!surroundings.Machine.HasSystemd)
        {
            yield return Finding.Note("units", "systemd does not run here, so nothing starts whirrd at boot", "start it from what does, e.g. `whirrd --user` from cron's @reboot");
            yield break;
        }

        // Where a daemon answers it is its own manager that counts; where none does, either may be the one to start it.
        foreach (var user in info is null ? (bool[])[false, true] : [info.Mode == "user"])
        {
            foreach (var finding in Scope(surroundings, info, user))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> Scope(Surroundings surroundings, InfoReply? info, bool user)
    {
        var systemctl = user ? "systemctl --user" : "systemctl";
        if (Show(surroundings, user, Daemon) is not { } daemon || Show(surroundings, user, Jobs) is not { } jobs)
        {
            yield return Finding.Note("units", $"`{systemctl}` does not answer, so the {(user ? "user's" : "system's")} units are not known");
            yield break;
        }

        if (daemon["LoadState"] == "not-found")
        {
            if (info is not null)
            {
                yield return Finding.Note(
                    "units",
                    $"{Daemon} is not installed: whirrd (pid {info.Pid}) was started by hand and will not come back after a reboot",
                    "install whirr's package, or the units in systemd/ of the source");
            }
            else if (!user)
            {
                yield return Finding.Note("units", $"{Daemon} is not installed for the system", "install whirr's package to have a daemon for everybody");
            }

            yield break;
        }

        yield return Daemons(daemon, info, systemctl, user);
        yield return Holders(jobs, daemon, systemctl);
        if (user && daemon["ActiveState"] == "active" && surroundings.Ask("loginctl", ["show-user", Machine.Users.Name(Machine.Users.Caller), "--property=Linger"]) is { Output: "Linger=no\n" })
        {
            yield return Finding.Warn("linger", "your daemon ends with your last login, and your jobs with it", "`loginctl enable-linger`");
        }
    }

    private static Finding Daemons(Dictionary<string, string> unit, InfoReply? info, string systemctl, bool user)
    {
        var journal = user ? "journalctl --user -u whirrd -n 50" : "journalctl -u whirrd -n 50";
        if (unit["ActiveState"] == "failed")
        {
            return Finding.Fail(
                "units", $"{Daemon} has failed ({unit["Result"]})", $"`{journal}` says why; then `{systemctl} reset-failed whirrd` and `{systemctl} start whirrd`");
        }

        if (unit["ActiveState"] != "active")
        {
            var words = $"{Daemon} is {unit["ActiveState"]} ({unit["SubState"]})";
            return info is not null ? Finding.Note("units", $"{words}: the whirrd that answers (pid {info.Pid}) was started by hand", $"`{systemctl} enable --now whirrd` when it has ended")
                : unit["ActiveState"] is "activating" or "reloading" ? Finding.Warn("units", words, $"`{journal}` says what it waits for")
                : user ? Finding.Note("units", $"{words} in your own systemd", $"`{systemctl} enable --now whirrd` for a daemon of your own")
                : Finding.Fail("units", words, $"`{systemctl} enable --now whirrd`");
        }

        if (info is not null && unit["MainPID"] != $"{info.Pid}" && unit["MainPID"] != "0")
        {
            return Finding.Warn(
                "units",
                $"the whirrd that answers (pid {info.Pid}) is not that of {Daemon} (pid {unit["MainPID"]}): there are two",
                "see which socket you use (--socket, WHIRR_SOCKET), and end the one that nobody needs");
        }

        return unit["UnitFileState"] == "disabled"
            ? Finding.Warn("units", $"{Daemon} runs, and is not started at boot", $"`{systemctl} enable whirrd`")
            : Finding.Ok("units", $"{Daemon} is active ({unit["SubState"]}), {unit["UnitFileState"]}");
    }

    private static Finding Holders(Dictionary<string, string> jobs, Dictionary<string, string> daemon, string systemctl) => (jobs["LoadState"], jobs["ActiveState"]) switch
    {
        ("not-found", _) => Finding.Warn("jobs_unit", $"{Jobs} is not installed: jobs get no control groups, and limits cannot be had", "install whirr's package again"),
        (_, "active") => Finding.Ok("jobs_unit", $"{Jobs} is active ({jobs["SubState"]})"),
        (_, "failed") => Finding.Fail(
            "jobs_unit", $"{Jobs} has failed ({jobs["Result"]}): jobs get no control groups", $"`{systemctl} reset-failed whirr-jobs`, `{systemctl} start whirr-jobs`, `{systemctl} restart whirrd`"),
        var (_, state) when daemon["ActiveState"] == "active" => Finding.Warn(
            "jobs_unit", $"{Jobs} is {state}: jobs get no control groups", $"`{systemctl} start whirr-jobs`, then `{systemctl} restart whirrd`: running jobs go on"),
        var (_, state) => Finding.Note("jobs_unit", $"{Jobs} is {state}; whirrd starts it"),
    };

    private static Dictionary<string, string>? Show(Surroundings surroundings, bool user, string unit)
    {
        string[] arguments = user ? ["--user", "show", Properties, unit] : ["show", Properties, unit];
        if (surroundings.Ask("systemctl", arguments) is not { ExitCode: 0 } answer)
        {
            return null;
        }

        var found = Properties["--property=".Length..].Split(',').ToDictionary(name => name, _ => "");
        foreach (var line in answer.Output.Split('\n'))
        {
            if (line.Split('=', 2) is [var name, var value] && found.ContainsKey(name))
            {
                found[name] = value;
            }
        }

        return found["LoadState"].Length > 0 ? found : null;
    }
}
