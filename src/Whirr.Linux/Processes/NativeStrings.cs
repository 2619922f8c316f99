using System.Runtime.InteropServices;
using System.Text;

namespace Whirr.Linux.Processes;

/// <summary>A NULL-ended array of NUL-ended strings, as argv and envp want it, in memory that the collector does not move.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    public NativeStrings(IReadOnlyList<string> strings)
    {
        var pointerBytes = (strings.Count + 1) * sizeof(byte*);
        var textBytes = strings.Sum(text => Encoding.UTF8.GetByteCount(text) + 1);
        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(pointerBytes + textBytes));
        var next = (byte*)Pointers + pointerBytes;
        for (var i = 0; i < strings.Count; i++)
        {
            Pointers[i] = next;
            next += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(next, Encoding.UTF8.GetByteCount(strings[i]))) + 1;
        }
    }

    public byte** Pointers { get; }

    public void Dispose() => NativeMemory.Free(Pointers);
}
