using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key with its value.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>An entry whose value is bytes.</summary>
        /// <exception cref="ArgumentException">The key does not end in <c>-bin</c> or has characters that no key has.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = CheckedKey(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"The key '{Key}' must end in '{BinaryHeaderSuffix}' to have bytes as its value.", nameof(key));
            }

            _bytes = valueBytes.ToArray();
        }

        /// <summary>An entry whose value is printable ASCII.</summary>
        /// <exception cref="ArgumentException">The key ends in <c>-bin</c>, or key or value have characters that they may not have.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = CheckedKey(key);
            if (IsBinary)
            {
                throw new ArgumentException($"The key '{Key}' ends in '{BinaryHeaderSuffix}': its value is bytes.", nameof(key));
            }

            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new ArgumentException($"The value of '{Key}' must be printable ASCII; use a key that ends in '-bin'.", nameof(value));
            }

            _text = value;
        }

        private Entry(string key, string? text, byte[]? bytes)
        {
            Key = key;
            _text = text;
            _bytes = bytes;
        }

        public string Key { get; }

        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The value as text.</summary>
        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value => _text ?? throw new InvalidOperationException($"The value of '{Key}' is bytes.");

        /// <summary>The value as bytes: a copy.</summary>
        public byte[] ValueBytes => _bytes?.ToArray() ?? Encoding.ASCII.GetBytes(_text!);

        public override string ToString() => _text is null ? $"[Entry: key={Key}, valueBytes={_bytes!.Length} bytes]" : $"[Entry: key={Key}, value={_text}]";

        /// <summary>An entry as it came from the wire: a peer's odd characters are passed on, not an error of this side.</summary>
        internal static Entry Received(string key, string value) => new(key.ToLowerInvariant(), value, null);

        internal static Entry Received(string key, byte[] value) => new(key.ToLowerInvariant(), null, value);

        private static string CheckedKey(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            var lower = key.ToLowerInvariant();
            foreach (var c in lower)
            {
                if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.'))
                {
                    throw new ArgumentException($"The key '{key}' may have only letters, digits, '-', '_' and '.'.", nameof(key));
                }
            }

            return lower;
        }
    }
}
