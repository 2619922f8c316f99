using Whirr.Tests.Architecture;

namespace Whirr.Tests.Runners;

/// <summary>The published programs that these tests run.</summary>
internal static class Programs
{
    /// <summary>whirr-keeper, from the directory in WHIRR_PROGRAMS or from where `make publish` puts it.</summary>
    public static string Keeper { get; } = Find("WHIRR_PROGRAMS", "artifacts/whirr", "whirr-keeper");

    /// <summary>The child that does one thing.</summary>
    public static string TestProgram { get; } = Find("WHIRR_TEST_PROGRAMS", "artifacts/test-programs", "whirr-test-program");

    private static string Find(string variable, string fallback, string program)
    {
        var directory = Environment.GetEnvironmentVariable(variable) ?? Path.Combine(RepositoryRoot.Path, fallback);
        var path = Path.Combine(directory, program);
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException($"{path} is missing; `make publish-test` builds it (or set {variable} to its directory)");
    }
}
