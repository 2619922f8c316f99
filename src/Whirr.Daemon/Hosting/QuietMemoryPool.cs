using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Whirr.Daemon.Hosting;

/// <summary>Gives Kestrel buffers from the shared pool of the process.</summary>
/// <remarks>Its own pool looks every ten seconds for buffers to let go of, also when the daemon has had nothing to do for hours.</remarks>
internal sealed class QuietMemoryPool : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => MemoryPool<byte>.Shared;
}
