using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Connection;

/// <summary>The daemon, over its Unix socket. Calls are repeated while it restarts; failures come out as sentences.</summary>
/// <remarks>
/// Every call that is repeated is safe to repeat: submits and retries carry a uid of their own, a cancel of an ended job changes nothing,
/// and streams go on from where the caller is.
/// </remarks>
internal sealed class DaemonConnection : IDisposable
{
    /// <summary>How long the daemon may take to answer one question.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>After so long without an answer whoever waits is told what for.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromMilliseconds(2_500);

    // A page of jobs with long command lines and configurations is larger than gRPC's default of 4 MiB.
    private const int LargestMessage = 256 * 1024 * 1024;

    private readonly SocketChoice _choice;
    private readonly SocketConnector _connector;
    private readonly GrpcChannel _channel;
    private readonly TimeProvider _clock;
    private readonly TextOutput? _notes;
    private bool _noted;
    private int _silenceTold;

    /// <param name="choice">The socket.</param>
    /// <param name="clock">Measures deadlines and pauses.</param>
    /// <param name="notes">Gets a line when the daemon lets us wait; null for none.</param>
    /// <exception cref="CommandFailure">The path of the socket is too long.</exception>
    public DaemonConnection(SocketChoice choice, TimeProvider clock, TextOutput? notes)
    {
        if (Encoding.UTF8.GetByteCount(choice.Path) > SocketChoice.LongestPath)
        {
            throw CommandFailure.Usage(
                $"the path of a socket has at most {SocketChoice.LongestPath} bytes; {SafeText.Quote(choice.Path)} is longer.");
        }

        _choice = choice;
        _clock = clock;
        _notes = notes;
        _connector = new SocketConnector(choice.Path);
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = _connector.CreateHandler(),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestMessage,
            MaxSendMessageSize = LargestMessage,
        });
        Jobs = new Jobs.JobsClient(_channel);
    }

    public Jobs.JobsClient Jobs { get; }
    public Logs.LogsClient Logs => field ??= new Logs.LogsClient(_channel);
    public Protocol.V1.Runs.RunsClient Runs => field ??= new Protocol.V1.Runs.RunsClient(_channel);
    public Protocol.V1.Daemon.DaemonClient Daemon => field ??= new Protocol.V1.Daemon.DaemonClient(_channel);

    /// <summary>The socket in use.</summary>
    public string Socket => _choice.Path;

    /// <summary>False: the first failure to reach the daemon counts, as when the question is whether it is there.</summary>
    public bool Patient { get; init; } = true;

    /// <summary>One question, one answer.</summary>
    /// <param name="ask">Makes the call.</param>
    /// <param name="limit">How long the answer may take, where that is much work; null: as long as for any question.</param>
    /// <exception cref="CommandFailure">It was refused, or there is no answer.</exception>
    public async Task<TReply> AskAsync<TReply>(Func<CallOptions, AsyncUnaryCall<TReply>> ask, TimeSpan? limit = null)
    {
        var patience = new Patience(_clock);
        while (true)
        {
            try
            {
                using var call = ask(new CallOptions(deadline: _clock.GetUtcNow().UtcDateTime + (limit ?? AnswerLimit)));
                return await TellOfSilenceAsync(call.ResponseAsync);
            }
            catch (RpcException exception)
            {
                await WaitOutAsync(exception, patience, CancellationToken.None);
            }
        }
    }

    /// <summary>Sends <paramref name="messages"/> on one stream, from the first one again when the daemon restarts meanwhile.</summary>
    /// <exception cref="CommandFailure">It was refused, or there is no answer.</exception>
    public async Task<TReply> SendAllAsync<TRequest, TReply>(
        Func<CallOptions, AsyncClientStreamingCall<TRequest, TReply>> open,
        Func<IEnumerable<TRequest>> messages)
    {
        var patience = new Patience(_clock);
        while (true)
        {
            try
            {
                using var call = open(new CallOptions());
                return await TellOfSilenceAsync(SendAsync(call, messages()));
            }
            catch (RpcException exception)
            {
                await WaitOutAsync(exception, patience, CancellationToken.None);
            }
        }
    }

    /// <summary>Reads a stream to its end; opens it again, from where <paramref name="open"/> then says, when the daemon
    /// restarts.</summary>
    /// <param name="open">Opens the stream behind what was taken before.</param>
    /// <param name="take">Gets each message.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="CommandFailure">It was refused, or there is no answer.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async Task ReadAllAsync<TMessage>(
        Func<CallOptions, AsyncServerStreamingCall<TMessage>> open,
        Action<TMessage> take,
        CancellationToken cancellation)
    {
        var patience = new Patience(_clock);
        while (true)
        {
            try
            {
                using var call = open(new CallOptions(cancellationToken: cancellation));
                await TellOfSilenceAsync(call.ResponseHeadersAsync);
                while (await call.ResponseStream.MoveNext(cancellation))
                {
                    patience.Renew();
                    take(call.ResponseStream.Current);
                }

                return;
            }
            catch (RpcException exception)
            {
                cancellation.ThrowIfCancellationRequested();
                await WaitOutAsync(exception, patience, cancellation);
            }
        }
    }

    public void Dispose() => _channel.Dispose();

    // A call that the daemon has refused cannot be written to any more; why is in its status.
    private static async Task<TReply> SendAsync<TRequest, TReply>(
        AsyncClientStreamingCall<TRequest, TReply> call,
        IEnumerable<TRequest> messages)
    {
        try
        {
            foreach (var message in messages)
            {
                await call.RequestStream.WriteAsync(message);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException or IOException)
        {
            return await call.ResponseAsync;
        }

        return await call.ResponseAsync;
    }

    // A daemon that was stopped (SIGSTOP) or whose disk hangs still takes connections; the caller would see nothing at all.
    private async Task<TAnswer> TellOfSilenceAsync<TAnswer>(Task<TAnswer> answer)
    {
        if (_notes is not null && _silenceTold == 0 && !answer.IsCompleted)
        {
            using var answered = new CancellationTokenSource();
            if (await Task.WhenAny(answer, Task.Delay(LongSilence, _clock, answered.Token)) != answer && Interlocked.Exchange(ref _silenceTold, 1) == 0)
            {
                _notes.WriteLine($"whirrctl: waiting for the daemon at {SafeText.Escape(Socket)}");
            }

            await answered.CancelAsync();
        }

        return await answer;
    }

    private async Task WaitOutAsync(RpcException exception, Patience patience, CancellationToken cancellation)
    {
        if (exception.StatusCode != StatusCode.Unavailable && !IsLostConnection(exception))
        {
            throw RpcFailures.ToFailure(exception);
        }

        if (patience.Elapsed > TimeSpan.FromSeconds(1) && !_noted)
        {
            _noted = true;
            _notes?.WriteLine("whirrctl: the daemon does not answer; trying again for some seconds");
        }

        if (!await patience.WaitAsync(Limit(), cancellation))
        {
            throw NoDaemon(exception);
        }
    }

    // A daemon that stops may reset a call with any code before it closes the connection.
    private static bool IsLostConnection(RpcException exception) => exception.Status.DebugException is IOException or HttpRequestException;

    private TimeSpan Limit()
    {
        if (!Patient)
        {
            return TimeSpan.Zero;
        }

        if (File.Exists(_choice.Path))
        {
            return Patience.Limit;
        }

        return Directory.Exists(Path.GetDirectoryName(_choice.Path)) ? Patience.LimitWithoutSocket : TimeSpan.Zero;
    }

    private CommandFailure NoDaemon(RpcException exception)
    {
        var why = _connector.LastFailure
            ?? (IsLostConnection(exception)
                ? "the connection was lost"
                : RpcFailures.Detail(exception, "the daemon is starting or stopping"));
        var tried = _choice.Considered.Select(path => $"  {SafeText.Escape(path)}: {(path == _choice.Path ? why : "no such file")}");
        return new CommandFailure(
            FailureKind.NoDaemon,
            $"""
            no whirrd answers. Tried:
            {string.Join('\n', tried)}
            Start it with `systemctl start whirrd` (for everybody), `systemctl --user start whirrd` or `whirrd --user` (for yourself).
            """,
            exception);
    }
}
