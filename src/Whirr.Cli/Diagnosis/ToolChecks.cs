using Whirr.Protocol.V1;

namespace Whirr.Cli.Diagnosis;

/// <summary>Programs beside the daemon: the keeper where no daemon tells of it, GPU tools, the Python package.</summary>
internal static class ToolChecks
{
    private const string UsualKeeper = "/usr/lib/whirr/whirr-keeper";
    private const string DriverVersion = "/proc/driver/nvidia/version";

    // A directory of that name here is not the package.
    private const string Import = "import sys; sys.path = [p for p in sys.path if p]; import whirr; print(whirr.__version__, whirr.__path__[0])";

    /// <param name="surroundings">Has the programs.</param>
    /// <param name="info">What the daemon says; null: none answers.</param>
    /// <param name="client">Version of whirrctl.</param>
    public static IEnumerable<Finding> Of(Surroundings surroundings, InfoReply? info, string client)
    {
        if (info is null)
        {
            yield return Keeper(surroundings, client);
        }

        yield return Gpus(surroundings);
        yield return Python(surroundings, client);
    }

    private static Finding Keeper(Surroundings surroundings, string client)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "whirr-keeper");
        var path = File.Exists(beside) ? beside : UsualKeeper;
        if (!File.Exists(path))
        {
            return Finding.Note("keeper", $"there is no {UsualKeeper}; a daemon says which one it uses");
        }

        // The keeper says only numbers: 0.1.0 for 0.1.0-rc1.
        return surroundings.Ask(path, ["--version"]) switch
        {
            { ExitCode: 0, Output: var said } when said.Trim() == $"whirr-keeper {client.Split('-')[0]}" => Finding.Ok("keeper", $"{said.Trim()} ({path})"),
            { ExitCode: 0, Output: var said } => Finding.Warn("keeper", $"{path} is {said.Trim()}, whirrctl {client}", "install both from the same version"),
            _ => Finding.Fail("keeper", $"{path} cannot be run", "install whirr again"),
        };
    }

    private static Finding Gpus(Surroundings surroundings)
    {
        var answer = surroundings.Ask("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"]);
        if (answer is not { } said)
        {
            return File.Exists(DriverVersion)
                ? Finding.Warn("gpu", "NVIDIA's driver is loaded, and nvidia-smi is not in PATH: GPU use is not recorded", "install nvidia-smi (on Debian: `apt install nvidia-smi`)")
                : Finding.Note("gpu", "no nvidia-smi here: GPU use of jobs is not recorded");
        }

        var names = said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return said.ExitCode switch
        {
            0 when names.Length > 0 => Finding.Ok("gpu", string.Join(", ", names.GroupBy(name => name).Select(group => $"{group.Count()} x {group.Key}"))),
            0 => Finding.Note("gpu", "nvidia-smi sees no GPU"),
            -1 => Finding.Warn("gpu", "nvidia-smi does not answer within 10 s: the driver or a GPU hangs", "see `dmesg | grep -i nvrm`; a reboot may be needed"),
            var code => Finding.Warn(
                "gpu",
                $"nvidia-smi fails with exit code {code}{(names.Length > 0 ? $": {names[0]}" : "")}",
                "run `nvidia-smi` and see; after an update of the driver a reboot is needed"),
        };
    }

    private static Finding Python(Surroundings surroundings, string client) => surroundings.Ask("python3", ["-c", Import]) switch
    {
        null => Finding.Note("python", "there is no python3 in PATH"),
        { ExitCode: 0, Output: var said } when said.Split(' ', 2) is [var version, var place] => version == client
            ? Finding.Ok("python", $"`import whirr` finds {version} in {place.Trim()}")
            : Finding.Warn("python", $"`import whirr` finds {version} in {place.Trim()}, whirrctl is {client}", "install the Python package of the same version"),
        _ => Finding.Note("python", "this python3 has no whirr package: scripts cannot `import whirr`", "install it where your scripts run; each virtual environment has its own"),
    };
}
