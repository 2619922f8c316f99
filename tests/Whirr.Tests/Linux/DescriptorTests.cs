using Whirr.Linux;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Tests.Linux;

/// <summary>Files, locks, sockets and waiting for them.</summary>
public sealed class DescriptorTests : IDisposable
{
    private const int Limit = 30_000;
    private readonly string _directory = Directory.CreateTempSubdirectory("whirr-").FullName;

    [Fact]
    public void A_lock_is_held_until_it_is_closed()
    {
        using var first = Fd.Open($"{_directory}/lock", OpenFlags.ReadWrite | OpenFlags.Create, 0x180);
        using var second = Fd.Open($"{_directory}/lock", OpenFlags.ReadWrite);
        Assert.True(first.TryLock());
        Assert.False(second.TryLock());

        first.Dispose();

        Assert.True(second.TryLock());
    }

    [Fact]
    public void A_link_in_the_place_of_a_file_is_refused()
    {
        File.CreateSymbolicLink($"{_directory}/link", "/etc/passwd");

        var error = Assert.Throws<LinuxException>(() => Fd.Open($"{_directory}/link", OpenFlags.ReadOnly | OpenFlags.NoFollow));

        Assert.Equal(Errno.Eloop, error.Errno);
    }

    [Fact]
    public void A_file_that_is_larger_than_wanted_is_refused()
    {
        File.WriteAllBytes($"{_directory}/file", new byte[1000]);
        using var file = Fd.Open($"{_directory}/file", OpenFlags.ReadOnly);

        Assert.Equal(1000, file.ReadAll(1000).Length);
        Assert.Equal(Errno.E2Big, Assert.Throws<LinuxException>(() => file.ReadAll(999)).Errno);
    }

    [Fact]
    public void Sealed_memory_cannot_be_changed()
    {
        using var memory = SealedMemory.Create("test", "content"u8);
        using var mapped = MappedMemory.Map(memory);

        Assert.Equal("content"u8.ToArray(), mapped.Memory.ToArray());
        Assert.Equal(Errno.Eperm, Assert.Throws<LinuxException>(() => memory.WriteAll("x"u8)).Errno);
    }

    [Fact]
    public void Nobody_listening_is_null_and_somebody_is_a_connection()
    {
        using var directory = Fd.Open(_directory, OpenFlags.ReadOnly | OpenFlags.Directory);
        Assert.Null(UnixStream.TryConnect(directory, "socket"));
        using var listener = UnixStream.Listen($"{_directory}/socket", 1);

        using var client = UnixStream.TryConnect(directory, "socket")!;
        using var server = UnixStream.TryAccept(listener)!;
        Assert.Equal(-1, UnixStream.Receive(server, new byte[4]));
        Assert.Equal(2, UnixStream.Send(client, "hi"u8));
        Assert.Equal(2, UnixStream.Receive(server, new byte[4]));
        client.Dispose();
        Assert.Equal(0, UnixStream.Receive(server, new byte[4]));
        Assert.Null(UnixStream.TryAccept(listener));
    }

    [Fact(Timeout = Limit)]
    public async Task The_reactor_calls_back_until_it_is_told_to_stop()
    {
        using var reactor = new Reactor("test");
        var (reading, writing) = Pipe.Create();
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        reactor.Post(() => reactor.Watch(reading, () =>
        {
            var buffer = new byte[1];
            Assert.Equal(1, reading.Read(buffer));
            calls++;
            if (buffer[0] == 'e')
            {
                reactor.Unwatch(reading);
                done.SetResult(calls);
            }
        }));

        writing.WriteAll("one"u8);

        Assert.Equal(3, await done.Task);
        writing.WriteAll("more"u8);
        var after = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reactor.Post(after.SetResult);
        await after.Task;
        Assert.Equal(3, calls);
        reading.Dispose();
        writing.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task A_closed_reactor_closes_what_it_watched()
    {
        var reactor = new Reactor("test");
        var (ours, theirs) = UnixStream.CreatePair();
        var watched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reactor.Post(() =>
        {
            reactor.Watch(ours, () => { });
            watched.SetResult();
        });
        await watched.Task;

        reactor.Dispose();

        Assert.True(ours.IsClosed);
        Assert.Equal(0, UnixStream.Receive(theirs, new byte[1]));
        theirs.Dispose();
    }

    [Theory]
    [InlineData("29 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n", "/sys/fs/cgroup")]
    [InlineData("30 1 0:26 / /proc rw - proc proc rw\n42 35 0:39 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n", "/sys/fs/cgroup/unified")]
    [InlineData("37 35 0:33 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n", null)]
    [InlineData("", null)]
    public void The_mount_of_cgroup_v2_is_found(string mountInfo, string? mount)
    {
        Assert.Equal(mount, CgroupLocator.FindMount(mountInfo));
    }

    [Fact]
    public void A_place_without_cgroups_has_a_reason()
    {
        var nobody = CgroupLocator.Find(64_001);

        Assert.Null(nobody.Root);
        Assert.NotEqual("", nobody.Reason);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
