namespace Whirr.Tests.Notices;

/// <summary>A directory with an executable shell script in it.</summary>
internal sealed class Script : IDisposable
{
    public Script(string text)
    {
        Place = Directory.CreateTempSubdirectory("whirr-hook-").FullName;
        Path = System.IO.Path.Combine(Place, "hook");
        File.WriteAllText(Path, $"#!/bin/sh\nplace={Place}\n{text}\n");
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
    }

    public string Place { get; }

    public string Path { get; }

    public string Read(string name) => File.ReadAllText(System.IO.Path.Combine(Place, name));

    public void Dispose() => Directory.Delete(Place, recursive: true);
}
