using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Domain.Runs;
using Whirr.Engine.Runs;
using Whirr.Runners.Process;
using Whirr.Storage.Sqlite;

namespace Whirr.Tests.Runs;

/// <summary>Run directories, an index over them in a real store, and what brings it up to date.</summary>
internal sealed class RunTree : IAsyncDisposable
{
    public const string Here = "here";

    private const int SetLockOfOpenFile = 37;

    private RunTree(string place, bool systemMode)
    {
        Place = place;
        Folders = new RunFolders(systemMode, $"{place}/runs", Here, TimeProvider.System);
    }

    /// <summary>A directory of this test's own.</summary>
    public string Place { get; }

    /// <summary>The default directory of runs of the user of this test.</summary>
    public string Root => Folders.DefaultRootOf(Me);

    public RunFolders Folders { get; }

    public SqliteJobStore Store { get; private set; } = null!;

    public RunIndexer Indexer { get; private set; } = null!;

    public JobOwner Me { get; } = Runners.World.Owner();

    public static async Task<RunTree> MakeAsync(bool systemMode = false)
    {
        var tree = new RunTree(Directory.CreateTempSubdirectory("whirr-").FullName, systemMode);
        File.SetUnixFileMode(tree.Place, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(tree.Root);
        await tree.OpenAsync();
        return tree;
    }

    /// <summary>Forgets everything but the files.</summary>
    public async Task DeleteDatabaseAsync()
    {
        await CloseAsync();
        foreach (var file in Directory.GetFiles(Place, "whirr.db*"))
        {
            File.Delete(file);
        }

        await OpenAsync();
    }

    /// <summary>Makes a run directory whose files were written a while ago.</summary>
    /// <returns>Its path.</returns>
    public string Add(string id, object? meta = null, string? config = null, string? root = null)
    {
        var directory = Directory.CreateDirectory($"{root ?? Root}/{id}").FullName;
        Write($"{directory}/meta.json", JsonSerializer.Serialize(meta ?? new { run_id = id, name = id, status = "completed", hostname = Here }));
        if (config is not null)
        {
            Write($"{directory}/config.json", config);
        }

        return directory;
    }

    public static void Write(string path, string content)
    {
        File.WriteAllText(path, content);
        Age(path, TimeSpan.FromMinutes(1));
    }

    public static void Age(string path, TimeSpan age) => File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime - age);

    /// <summary>Makes the lock of a run and holds it until the result is disposed of.</summary>
    public static FileStream Hold(string runDir)
    {
        var file = new FileStream($"{runDir}/run.lock", FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);

        // As the package does it: a lock of the open file. Those of FileStream are of the process, and end when it closes any copy of the file.
        var exclusive = new FileLock { Type = 1 };
        Assert.Equal(0, FCntl(file.SafeFileHandle, SetLockOfOpenFile, ref exclusive));
        return file;
    }

    public async Task<IReadOnlyList<string>> LookAsync(JobOwner? caller = null, bool anew = false, params string[] roots) =>
        (await Indexer.RunOnceAsync(caller ?? Me, roots, TimeSpan.FromSeconds(20), anew, CancellationToken.None)).Problems;

    /// <summary>Looks, and finds no problem.</summary>
    public async Task<IReadOnlyList<RunEntry>> ListAsync(JobOwner? caller = null, params string[] roots)
    {
        Assert.Empty(await LookAsync(caller, anew: false, roots));
        return await IndexedAsync((caller ?? Me).Uid);
    }

    public async Task<IReadOnlyList<RunEntry>> IndexedAsync(uint? uid = null) =>
        (await Store.ListRunsAsync(new RunQuery { OwnerUid = uid, Order = RunOrder.Parse("name"), Limit = 10_000 }, CancellationToken.None)).Runs;

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(Place, recursive: true);
    }

    private async Task OpenAsync()
    {
        Store = await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = $"{Place}/whirr.db" });
        Indexer = IndexerOver(Folders);
    }

    public RunIndexer IndexerOver(IRunFiles files) => new(Store, files, TimeProvider.System, NullLogger<RunIndexer>.Instance);

    private async Task CloseAsync()
    {
        Indexer.Dispose();
        await Store.DisposeAsync();
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int FCntl(SafeFileHandle file, int command, ref FileLock argument);

    /// <summary>struct flock (fcntl(2)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Pid;
    }
}
