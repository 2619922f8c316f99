using System.Text.Json;

namespace Whirr.Runs;

/// <content>Single values: each is of its type or null, and what is of another is said once and passed over.</content>
public ref partial struct RunMetaReader
{
    private const int MostText = 64 * 1024;

    private string? Text(string name)
    {
        if (!Expect(JsonTokenType.String, name, "a text"))
        {
            return null;
        }

        try
        {
            var text = _json.GetString()!;
            return text.Length <= MostText ? text : text[..(char.IsHighSurrogate(text[MostText - 1]) ? MostText - 1 : MostText)];
        }
        catch (InvalidOperationException)
        {
            Refuse(name, "valid Unicode");
            return null;
        }
    }

    private DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
        {
            return null;
        }

        const System.Globalization.DateTimeStyles Utc = System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal;
        if (char.IsAsciiDigit(text[0]) && DateTimeOffset.TryParse(text, null, Utc, out var time))
        {
            return time;
        }

        Refuse(name, "a time (ISO 8601)");
        return null;
    }

    private TimeSpan? Seconds(string name)
    {
        if (!Expect(JsonTokenType.Number, name, "a number"))
        {
            return null;
        }

        const double Most = 1e10;
        return _json.TryGetDouble(out var seconds) && seconds is >= 0 and <= Most ? TimeSpan.FromSeconds(seconds) : null;
    }

    private long? Number(string name, long least, long most)
    {
        if (!Expect(JsonTokenType.Number, name, "a whole number"))
        {
            return null;
        }

        if (_json.TryGetInt64(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Refuse(name, "a whole number in its range");
        return null;
    }

    private Guid? Uid(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Guid.TryParseExact(text, "D", out var uid))
        {
            return uid;
        }

        Refuse(name, "a UUID");
        return null;
    }

    private bool? Truth(string name)
    {
        if (_json.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return _json.GetBoolean();
        }

        _ = Expect(JsonTokenType.True, name, "true or false");
        return null;
    }

    /// <summary>True when the value here is of the type; else it is passed over. null says "none" in every place.</summary>
    private bool Expect(JsonTokenType type, string name, string what)
    {
        if (_json.TokenType == type)
        {
            return true;
        }

        if (_json.TokenType != JsonTokenType.Null)
        {
            Refuse(name, what);
            _json.Skip();
        }

        return false;
    }

    private void Refuse(string name, string what) => _problem ??= $"{name} in meta.json is not {what}";
}
