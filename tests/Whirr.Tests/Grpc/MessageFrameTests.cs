using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Whirr.Tests.Grpc;

public sealed class MessageFrameTests
{
    private static readonly MessageRules Rules = new(MaxSize: 100, Encoding: null, StatusCode.Unimplemented);

    [Fact(Timeout = 30_000)]
    public async Task Messages_come_out_whole_wherever_the_bytes_are_split()
    {
        byte[] wire = [.. Frame(1, 2, 3), .. Frame(), .. Frame(4)];
        for (var first = 0; first <= wire.Length; first++)
        {
            for (var second = first; second <= wire.Length; second++)
            {
                var messages = await ReadAllAsync(wire[..first], wire[first..second], wire[second..]);
                Assert.Equal(["01-02-03", "", "04"], messages.Select(message => BitConverter.ToString(message)));
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stream_that_ends_inside_of_a_message_is_an_error_wherever_it_ends()
    {
        var wire = Frame(1, 2, 3);
        for (var length = 1; length < wire.Length; length++)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(wire[..length]));
            Assert.Equal(StatusCode.Internal, error.StatusCode);
        }
    }

    [Theory]
    [InlineData("gzip", StatusCode.Unimplemented)]
    [InlineData("identity", StatusCode.Internal)]
    [InlineData(null, StatusCode.Internal)]
    public void A_compressed_message_is_refused_by_what_was_announced(string? encoding, StatusCode expected)
    {
        var error = Assert.Throws<RpcException>(() => Read([1, 0, 0, 0, 0], Rules with { Encoding = encoding }));
        Assert.Equal(expected, error.StatusCode);
    }

    [Fact]
    public void A_message_that_is_not_compressed_is_taken_even_if_compression_was_announced() =>
        Assert.True(Read(Frame(7), Rules with { Encoding = "gzip" }));

    [Fact]
    public void A_flag_that_is_not_defined_is_refused() =>
        Assert.Equal(StatusCode.Internal, Assert.Throws<RpcException>(() => Read([2, 0, 0, 0, 0], Rules)).StatusCode);

    [Theory]
    [InlineData(100, 100, true)]
    [InlineData(100, 101, false)]
    [InlineData(null, int.MaxValue, true)]
    [InlineData(null, uint.MaxValue, false)]
    public void A_length_over_the_limit_is_refused_from_the_header_alone(int? limit, uint length, bool isAccepted)
    {
        byte[] header = [0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
        var rules = Rules with { MaxSize = limit };
        if (isAccepted)
        {
            Assert.False(Read(header, rules));
        }
        else
        {
            Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => Read(header, rules)).StatusCode);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_written_message_is_the_one_that_is_read(bool saysLength)
    {
        var output = new ArrayBufferWriter<byte>();
        Serialize(output, saysLength, maxSize: null);
        Assert.Equal(Frame(1, 2, 3), output.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_message_over_the_limit_for_sending_leaves_nothing_behind(bool saysLength)
    {
        var output = new ArrayBufferWriter<byte>();
        var error = Assert.Throws<RpcException>(() => Serialize(output, saysLength, maxSize: 2));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void A_serializer_that_writes_another_length_than_it_said_is_a_mistake() =>
        Assert.Throws<InvalidOperationException>(() => new MessageSerializer(null).Write(
            "",
            (_, context) =>
            {
                context.SetPayloadLength(4);
                context.GetBufferWriter().Write<byte>([1, 2, 3]);
                context.Complete();
            },
            new ArrayBufferWriter<byte>()));

    private static void Serialize(ArrayBufferWriter<byte> output, bool saysLength, int? maxSize) =>
        new MessageSerializer(maxSize).Write(
            "",
            (_, context) =>
            {
                if (saysLength)
                {
                    context.SetPayloadLength(3);
                }

                context.GetBufferWriter().Write<byte>([1]);
                context.GetBufferWriter().Write<byte>([2, 3]);
                context.Complete();
            },
            output);

    private static byte[] Frame(params byte[] payload) => [0, 0, 0, 0, (byte)payload.Length, .. payload];

    private static bool Read(byte[] bytes, MessageRules rules)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        return MessageFrame.TryRead(ref buffer, rules, out _);
    }

    /// <summary>Every piece arrives in a read of its own, after the one before was looked at.</summary>
    private static async Task<List<byte[]>> ReadAllAsync(params byte[][] pieces)
    {
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
        var reader = new MessageReader(pipe.Reader, Rules);
        var reading = ReadToEndAsync(reader);
        foreach (var piece in pieces)
        {
            await pipe.Writer.WriteAsync(piece);
        }

        await pipe.Writer.CompleteAsync();
        return await reading;
    }

    private static async Task<List<byte[]>> ReadToEndAsync(MessageReader reader)
    {
        var messages = new List<byte[]>();
        while (await reader.ReadAsync(context => context.PayloadAsNewBuffer(), CancellationToken.None) is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }
}
