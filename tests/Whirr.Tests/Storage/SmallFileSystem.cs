using System.Diagnostics;

namespace Whirr.Tests.Storage;

/// <summary>A file system in memory with little room, mounted for one test.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public SmallFileSystem(string size) => Run("mount", "-t", "tmpfs", "-o", $"size={size}", "whirr-test", _directory.Path);

    public string File(string name) => _directory.File(name);

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", _directory.Path);

    public void MakeWritable() => Run("mount", "-o", "remount,rw", _directory.Path);

    public void Dispose()
    {
        Run("umount", "--lazy", _directory.Path);
        _directory.Dispose();
    }

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
