using System.Globalization;
using System.Text;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Linux.Starting;

/// <summary>What is said between <see cref="RemoteStarter"/> and <see cref="StartService"/>.</summary>
/// <remarks>
/// The two may be of different versions: an upgrade replaces one and not the other. One connection is one request: a packet with nothing in
/// it but descriptors, of which the first is a file in memory with the words of the request, ended by NUL each. The answer is
/// <c>ok PID</c> with a descriptor of the process, or <c>no ERRNO WHAT</c>; where the end was asked for, <c>end STATUS</c> follows.
/// Flags and words behind the known ones are ignored.
/// </remarks>
internal static class StartMessages
{
    /// <summary>A request has the words, and a descriptor for each number that the program gets.</summary>
    public const int MostDescriptors = 16;

    public const int MaxAnswerBytes = 1024;

    private const string Version = "1";
    private const char NewSession = 's';
    private const char BlockSignals = 'b';
    private const char Awaited = 'e';

    public static byte[] Encode(SpawnRequest request, bool isAwaited)
    {
        var flags = $"{(request.NewSession ? NewSession : "")}{(request.BlockSignals ? BlockSignals : "")}{(isAwaited ? Awaited : "")}";
        string[] words =
        [
            Version, flags, string.Join(' ', request.Descriptors.Select(descriptor => Text(descriptor.Theirs))), request.Path,
            Text(request.Arguments.Count), .. request.Arguments, Text(request.Environment.Count), .. request.Environment,
        ];
        return Encoding.UTF8.GetBytes(string.Concat(words.Select(word => $"{word}\0")));
    }

    /// <exception cref="FormatException">It is no request, or one of a version that is not known.</exception>
    public static (SpawnRequest Request, bool IsAwaited) Decode(ReadOnlySpan<byte> bytes, IReadOnlyList<Fd> descriptors)
    {
        var words = Encoding.UTF8.GetString(bytes).Split('\0');
        if (words[0] != Version)
        {
            throw new FormatException("the request is of a version that is not known here");
        }

        var at = 4;
        var arguments = List(words, ref at);
        var environment = List(words, ref at);
        var numbers = words[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToList();
        if (numbers.Count != descriptors.Count)
        {
            throw new FormatException($"the request has {descriptors.Count} descriptors for {numbers.Count} numbers");
        }

        return (new SpawnRequest
        {
            Path = words[3],
            Arguments = arguments,
            Environment = environment,
            Descriptors = [.. descriptors.Zip(numbers)],
            NewSession = words[1].Contains(NewSession),
            BlockSignals = words[1].Contains(BlockSignals),
        }, words[1].Contains(Awaited));
    }

    public static byte[] Started(int pid) => Encoding.UTF8.GetBytes($"ok {Text(pid)}");

    public static byte[] Refused(int errno, string what) => Encoding.UTF8.GetBytes(Cut($"no {Text(errno)} {what}"));

    public static byte[] Ended(WaitStatus status) => Encoding.UTF8.GetBytes($"end {Text(status.Raw)}");

    /// <summary>The process id of an answer.</summary>
    /// <exception cref="LinuxException">The answer is a refusal, or none at all.</exception>
    public static int ReadStarted(ReadOnlySpan<byte> answer, string path)
    {
        var text = Encoding.UTF8.GetString(answer);
        return text.Split(' ', 3) switch
        {
            ["ok", var pid, ..] when int.TryParse(pid, out var number) => number,
            ["no", var errno, var what] when int.TryParse(errno, out var number) => throw new LinuxException(what, number),
            _ => throw new LinuxException($"start {path} through the launcher, which answers \"{text}\"", Errno.Eproto),
        };
    }

    /// <summary>The status of an answer; null when it is something else.</summary>
    public static WaitStatus? ReadEnded(ReadOnlySpan<byte> answer) =>
        Encoding.UTF8.GetString(answer).Split(' ') is ["end", var status] && int.TryParse(status, out var raw) ? new WaitStatus(raw) : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Cut(string text) => text.Length <= MaxAnswerBytes / 4 ? text : text[..(MaxAnswerBytes / 4)];

    private static int Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException("the request has no number where one should be");

    private static string[] List(string[] words, ref int at)
    {
        var first = at + 1;
        var count = at < words.Length ? Number(words[at]) : throw new FormatException("the request ends too early");
        at = first + count;
        return at < words.Length ? words[first..at] : throw new FormatException("the request ends too early");
    }
}
