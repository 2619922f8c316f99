using System.Buffers.Binary;
using System.IO.Compression;

namespace Whirr.Cli.Plots;

/// <summary>Writes PNG (ISO/IEC 15948): eight bits a channel, no alpha, no filters.</summary>
internal static class PngFile
{
    private static readonly uint[] Crcs = [.. Enumerable.Range(0, 256).Select(index => Step((uint)index))];

    /// <param name="rgb">0xRRGGBB for each pixel, row by row from the top.</param>
    /// <param name="width">Pixels in a row.</param>
    public static byte[] Encode(ReadOnlySpan<int> rgb, int width)
    {
        var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), rgb.Length / width);
        (header[8], header[9]) = (8, 2);
        Chunk(png, "IHDR"u8, header);
        Chunk(png, "IDAT"u8, Compress(rgb, width));
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static byte[] Compress(ReadOnlySpan<int> rgb, int width)
    {
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var row = new byte[1 + (width * 3)];
            for (var start = 0; start < rgb.Length; start += width)
            {
                for (var x = 0; x < width; x++)
                {
                    var pixel = rgb[start + x];
                    (row[1 + (x * 3)], row[2 + (x * 3)], row[3 + (x * 3)]) = ((byte)(pixel >> 16), (byte)(pixel >> 8), (byte)pixel);
                }

                zlib.Write(row);
            }
        }

        return compressed.ToArray();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(~0u, type), data));
        png.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var each in bytes)
        {
            crc = Crcs[(byte)(crc ^ each)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint Step(uint crc)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320 ^ (crc >> 1);
        }

        return crc;
    }
}
