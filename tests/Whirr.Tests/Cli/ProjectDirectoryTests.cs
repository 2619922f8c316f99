using Whirr.Cli.Machine;
using Whirr.Cli.Submission;

namespace Whirr.Tests.Cli;

public sealed class ProjectDirectoryTests : IDisposable
{
    // Nobody of this machine: larger than any uid that is given out.
    private const uint Stranger = 4_000_000_000;

    private readonly string _project = Directory.CreateTempSubdirectory("whirr-cli-").FullName;

    [Fact]
    public void One_s_own_project_is_used() => Assert.Null(ProjectDirectory.WhyUnusable(_project, Users.Caller));

    [RootFact]
    public void A_project_of_another_user_is_refused_even_to_root()
    {
        Own(_project, Stranger);
        var why = ProjectDirectory.WhyUnusable(_project, Users.Caller);
        Assert.Contains($"\"{_project}\" belongs to uid {Stranger}", why, StringComparison.Ordinal);
        Assert.Contains("-C DIR", why, StringComparison.Ordinal);
    }

    [RootFact]
    public void Runs_that_lead_to_a_directory_of_another_user_are_refused()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_project, "elsewhere")).FullName;
        var runs = Path.Combine(_project, "runs");
        Directory.CreateSymbolicLink(runs, elsewhere);
        Assert.Null(ProjectDirectory.WhyUnusable(_project, Users.Caller));
        Own(elsewhere, Stranger);
        Assert.Contains($"\"{runs}\" belongs to", ProjectDirectory.WhyUnusable(_project, Users.Caller), StringComparison.Ordinal);
    }

    [RootFact]
    public void What_belongs_to_root_is_as_good_as_one_s_own() => Assert.Null(ProjectDirectory.WhyUnusable(_project, Stranger));

    [RootFact]
    public async Task Submit_init_and_doctor_name_the_owner()
    {
        var place = Directory.CreateDirectory(Path.Combine(_project, ".whirr")).FullName;
        Own(place, Stranger);
        foreach (var words in new string[][] { ["submit", "true"], ["init"] })
        {
            using var cli = new CommandLine { Directory = _project };
            Assert.Equal(1, await cli.RunAsync(words));
            Assert.Contains($"belongs to uid {Stranger}", cli.Error, StringComparison.Ordinal);
        }

        using var doctor = new CommandLine { Directory = _project };
        Assert.Equal(1, await doctor.RunAsync("doctor"));
        Assert.Contains($"belongs to uid {Stranger}", doctor.Output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_project, recursive: true);

    private static void Own(string path, uint uid)
    {
        using var chown = System.Diagnostics.Process.Start("chown", [$"{uid}", path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }
}
