using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>Colours of text, as the parameter of the escape sequence that sets them (ECMA-48, SGR).</summary>
internal enum Colour
{
    None = 0,
    Bold = 1,
    Faint = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
}

/// <summary>Uses of colours.</summary>
internal static class Colours
{
    /// <summary><paramref name="text"/> in <paramref name="colour"/>, when the output wants colours.</summary>
    public static string Paint(this TextOutput output, string text, Colour colour) =>
        output.Colours && colour != Colour.None ? $"\e[{(int)colour}m{text}\e[0m" : text;

    public static Colour Of(JobState state) => state switch
    {
        JobState.Allocated or JobState.Starting or JobState.Running => Colour.Cyan,
        JobState.Completed => Colour.Green,
        JobState.Failed or JobState.Lost => Colour.Red,
        JobState.Cancelled => Colour.Yellow,
        _ => Colour.None,
    };
}
