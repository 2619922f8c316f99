using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Whirr.Runs.Metrics;

/// <summary>The format in which an outline is kept: a cache, in the layout of this machine, thrown away whenever something does not fit.</summary>
/// <remarks>
/// magic, checksum of all that follows, identity of the metrics file, offset, fingerprint of the file's beginning and of what lies before
/// the offset, counts, times, then each metric: name, width, buckets.
/// </remarks>
internal static class OutlineFile
{
    /// <summary>Larger ones are not kept.</summary>
    public const int Largest = 32 * 1024 * 1024;

    private const ulong Magic = 0x0001_656e_696c_7475;
    private const int Window = 4096;

    /// <param name="outline">What to keep.</param>
    /// <param name="file">The file it is of.</param>
    /// <param name="identity">Tells the file from others, e.g. device and inode.</param>
    public static byte[]? Write(FileOutline outline, SafeFileHandle file, (ulong Device, ulong Inode) identity)
    {
        if (outline.State is not { } state || outline.Metrics.Sum(metric => 64 + (metric.Name.Length * 3L) + (metric.Buckets.Length * (long)Unsafe.SizeOf<MetricBucket>())) > Largest)
        {
            return null;
        }

        var content = new ArrayBufferWriter<byte>(1024 * 1024);
        Put(content, Magic);
        Put(content, 0UL);
        Put(content, identity.Device);
        Put(content, identity.Inode);
        Put(content, state.Offset);
        Put(content, Fingerprint(file, state.Offset));
        Put(content, state.Rows);
        Put(content, state.BadLines);
        Put(content, state.Start);
        Put(content, state.End);
        Put(content, state.HasCountedSteps ? 1L : 0);
        Put(content, (long)outline.Metrics.Count);
        foreach (var metric in outline.Metrics)
        {
            var name = Encoding.UTF8.GetBytes(metric.Name);
            Put(content, (long)name.Length);
            content.Write(name);
            Put(content, metric.Width);
            Put(content, (long)metric.Buckets.Length);
            content.Write(MemoryMarshal.AsBytes(metric.Buckets));
        }

        var bytes = content.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Checksum(bytes.AsSpan(16)));
        return bytes;
    }

    /// <summary>What was kept; null when it is damaged, of another format, or not of this file as it is now.</summary>
    public static FileOutline? Read(ReadOnlySpan<byte> content, SafeFileHandle file, (ulong Device, ulong Inode) identity)
    {
        if (content.Length < 16 || Take<ulong>(ref content) != Magic || Take<ulong>(ref content) != Checksum(content))
        {
            return null;
        }

        // With the right checksum it is what was written.
        var (device, inode) = (Take<ulong>(ref content), Take<ulong>(ref content));
        var offset = Take<long>(ref content);
        if ((device, inode) != identity || RandomAccess.GetLength(file) < offset || Fingerprint(file, offset) != Take<ulong>(ref content))
        {
            return null;
        }

        var outline = new FileOutline();
        outline.Restore(new OutlineState(
            offset,
            Take<long>(ref content),
            Take<long>(ref content),
            Take<double>(ref content),
            Take<double>(ref content),
            Take<long>(ref content) != 0));
        for (var count = Take<long>(ref content); count > 0; count--)
        {
            var length = (int)Take<long>(ref content);
            var metric = outline.Restore(Encoding.UTF8.GetString(content[..length]));
            content = content[length..];
            var width = Take<long>(ref content);
            var size = (int)Take<long>(ref content) * Unsafe.SizeOf<MetricBucket>();
            metric.Restore(content[..size], width);
            content = content[size..];
        }

        return outline;
    }

    /// <summary>Another file, or one that was written anew, differs in its first bytes or in those before where reading stopped.</summary>
    private static ulong Fingerprint(SafeFileHandle file, long offset)
    {
        Span<byte> window = stackalloc byte[Window];
        var head = window[..(int)Math.Min(Window, offset)];
        head = head[..RandomAccess.Read(file, head, 0)];
        var print = Checksum(head);
        var tail = window[..(int)Math.Min(Window, offset)];
        tail = tail[..RandomAccess.Read(file, tail, offset - tail.Length)];
        return (print * 31) + Checksum(tail);
    }

    /// <summary>Finds damage by accident, not by intent. Eight bytes at a time, by the constant of FNV-1a.</summary>
    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        const ulong Prime = 0x100000001b3;
        var sum = 0xcbf29ce484222325 ^ (ulong)bytes.Length;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            sum = ulong.RotateLeft((sum ^ word) * Prime, 29);
        }

        foreach (var rest in bytes[(bytes.Length & ~7)..])
        {
            sum = (sum ^ rest) * Prime;
        }

        return sum;
    }

    private static void Put<T>(ArrayBufferWriter<byte> to, T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(to.GetSpan(8), value);
        to.Advance(8);
    }

    private static T Take<T>(ref ReadOnlySpan<byte> from)
        where T : unmanaged
    {
        var value = MemoryMarshal.Read<T>(from);
        from = from[8..];
        return value;
    }
}
