using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Whirr.KeeperContract;

/// <summary>Reads the members of one JSON object in the order they come; members nobody asks for are passed over.</summary>
/// <remarks>Used instead of a serializer: the keeper starts once per job, and this costs it no reflection and no generated tables.</remarks>
internal ref struct ObjectReader
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly string _what;
    private Utf8JsonReader _reader;

    public ObjectReader(ReadOnlySpan<byte> json, string what)
    {
        _json = json;
        _what = what;
        _reader = new Utf8JsonReader(json);
        Advance();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            throw Bad("is not a JSON object");
        }
    }

    /// <summary>Moves to the next member that is not null.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            SkipValue();
            Advance();
            if (_reader.TokenType == JsonTokenType.EndObject)
            {
                return false;
            }

            Name = _reader.ValueSpan;
            Advance();
            if (_reader.TokenType != JsonTokenType.Null)
            {
                return true;
            }
        }
    }

    /// <summary>Name of the current member, as written.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    public readonly bool Is(ReadOnlySpan<byte> name) => Name.SequenceEqual(name);

    public readonly long Int64() =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out var value) ? value : throw BadMember("a whole number");

    public readonly int Int32() => Int64() is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw BadMember("a small number");

    public readonly uint UInt32() => Int64() is >= 0 and <= uint.MaxValue and var value ? (uint)value : throw BadMember("a number from 0 to 2^32-1");

    public readonly ulong UInt64() =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetUInt64(out var value) ? value : throw BadMember("a number not below 0");

    public readonly bool Boolean() => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw BadMember("true or false"),
    };

    public readonly string String()
    {
        try
        {
            return _reader.TokenType == JsonTokenType.String ? _reader.GetString() ?? "" : throw BadMember("a string");
        }
        catch (InvalidOperationException)
        {
            // Bytes or escapes that are no text, which the reader passes over until they are asked for.
            throw BadMember("a string");
        }
    }

    /// <summary>A time as <see cref="Timestamps"/> writes it.</summary>
    public readonly DateTimeOffset Time() =>
        DateTimeOffset.TryParse(String(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : throw BadMember("a time");

    /// <summary>The current value as it is written: an object or an array for another reader.</summary>
    public ReadOnlySpan<byte> Raw()
    {
        var start = (int)_reader.TokenStartIndex;
        SkipValue();
        return _json[start..(int)_reader.BytesConsumed];
    }

    /// <summary>Moves to the next element of the array that is the current value.</summary>
    public bool NextElement()
    {
        if (_reader.TokenType == JsonTokenType.StartArray)
        {
            Advance();
        }
        else
        {
            SkipValue();
            Advance();
        }

        return _reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Throws when the current value is not an array.</summary>
    public readonly void ExpectArray()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            throw BadMember("an array");
        }
    }

    public readonly KeeperContractException Missing(string member) => Bad($"has no \"{member}\"");

    private readonly KeeperContractException BadMember(string expected) => Bad($"has a \"{Encoding.UTF8.GetString(Name)}\" that is not {expected}");

    private readonly KeeperContractException Bad(string problem) => new($"the {_what} {problem}");

    private void SkipValue()
    {
        try
        {
            if (_reader.TokenType is JsonTokenType.StartArray || (_reader.TokenType == JsonTokenType.StartObject && _reader.CurrentDepth > 0))
            {
                _reader.Skip();
            }
        }
        catch (JsonException e)
        {
            throw new KeeperContractException($"the {_what} is not JSON", e);
        }
    }

    private void Advance()
    {
        try
        {
            if (!_reader.Read())
            {
                throw Bad("ends early");
            }
        }
        catch (JsonException e)
        {
            throw new KeeperContractException($"the {_what} is not JSON", e);
        }
    }
}
