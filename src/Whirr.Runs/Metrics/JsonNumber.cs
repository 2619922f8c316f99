using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Whirr.Runs.Metrics;

/// <summary>Reads numbers as JSON writes them (RFC 8259), correctly rounded.</summary>
/// <remarks>
/// Most numbers of a metrics file have up to 17 digits and a small exponent. Those are read here, by the method of Lemire ("Number Parsing at
/// a Gigabyte per Second", 2021): one or two multiplications with a power of five of 128 bits. The framework reads the others.
/// </remarks>
internal static class JsonNumber
{
    private const int SmallestPower = -27;
    private const int LargestPower = 27;
    private const int MostDigits = 19;

    private static readonly ulong[] Powers = PowersOfFive();

    /// <summary>Reads the number that <paramref name="text"/> begins with.</summary>
    /// <returns>How many bytes it takes; 0 when there is no number.</returns>
    public static int Read(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        var at = 0;
        var isNegative = text is [(byte)'-', ..];
        at += isNegative ? 1 : 0;
        var start = at;
        ulong digits = 0;
        at = ReadDigits(text, at, ref digits);
        var count = at - start;
        if (count == 0 || (count > 1 && text[start] == '0'))
        {
            return 0;
        }

        var exponent = 0;
        if ((uint)at < (uint)text.Length && text[at] == '.')
        {
            var point = ++at;
            at = ReadDigits(text, at, ref digits);
            exponent = point - at;
            count -= exponent;
            if (exponent == 0)
            {
                return 0;
            }
        }

        if ((uint)at < (uint)text.Length && (text[at] | 0x20) == 'e')
        {
            at = ReadExponent(text, at + 1, ref exponent);
            if (at == 0)
            {
                return 0;
            }
        }

        if (digits == 0 && count <= MostDigits)
        {
            number = isNegative ? -0.0 : 0;
            return at;
        }

        if (count <= MostDigits && exponent is >= SmallestPower and <= LargestPower)
        {
            number = Scale(digits, exponent, isNegative);
            return at;
        }

        return double.TryParse(text[..at], NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? at : 0;
    }

    private static int ReadDigits(ReadOnlySpan<byte> text, int at, ref ulong digits)
    {
        var number = digits;
        while (at + 8 <= text.Length)
        {
            var eight = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]);
            if (!AreDigits(eight))
            {
                break;
            }

            number = (number * 100_000_000) + EightDigits(eight);
            at += 8;
        }

        while ((uint)at < (uint)text.Length && (uint)(text[at] - '0') <= 9)
        {
            number = (number * 10) + (uint)(text[at] - '0');
            at++;
        }

        digits = number;
        return at;
    }

    private static bool AreDigits(ulong eight) =>
        ((eight & 0xF0F0F0F0F0F0F0F0) | (((eight + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) == 0x3333333333333333;

    /// <summary>Eight digits, the first in the lowest byte, two by two: tens, then hundreds, then ten thousands.</summary>
    private static uint EightDigits(ulong eight)
    {
        eight -= 0x3030303030303030;
        eight = (eight * 10) + (eight >> 8);
        return (uint)((((eight & 0x000000FF000000FF) * 0x000F424000000064) + (((eight >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32);
    }

    private static int ReadExponent(ReadOnlySpan<byte> text, int at, ref int exponent)
    {
        var isNegative = at < text.Length && text[at] == '-';
        at += at < text.Length && text[at] is (byte)'-' or (byte)'+' ? 1 : 0;
        var start = at;
        var written = 0;
        for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
        {
            written = written < 100_000 ? (written * 10) + (text[at] - '0') : written;
        }

        exponent += isNegative ? -written : written;
        return at == start ? 0 : at;
    }

    /// <summary>digits * 10^exponent, rounded to even.</summary>
    private static double Scale(ulong digits, int exponent, bool isNegative)
    {
        var zeros = BitOperations.LeadingZeroCount(digits);
        digits <<= zeros;
        var power = (exponent - SmallestPower) * 2;
        var high = Math.BigMul(digits, Powers[power], out var low);
        if ((high & 0x1FF) == 0x1FF)
        {
            var more = Math.BigMul(digits, Powers[power + 1], out _);
            low += more;
            high += low < more ? 1UL : 0;
        }

        var upper = (int)(high >> 63);
        var shift = upper + 64 - 52 - 3;
        var mantissa = high >> shift;
        if (low <= 1 && exponent is >= -4 and <= 23 && (mantissa & 3) == 1 && mantissa << shift == high)
        {
            // Exactly between two numbers: to the even one.
            mantissa &= ~1UL;
        }

        mantissa = (mantissa + (mantissa & 1)) >> 1;
        var binary = ((217_706 * exponent) >> 16) + 63 + upper - zeros + 1023;
        if (mantissa >= 1UL << 53)
        {
            mantissa = 1UL << 52;
            binary++;
        }

        return BitConverter.UInt64BitsToDouble((mantissa & ~(1UL << 52)) | ((ulong)binary << 52) | (isNegative ? 1UL << 63 : 0));
    }

    /// <summary>5^q for each q, in 128 bits from the first bit that is set: truncated for q from 0 on, else the reciprocal, rounded up.</summary>
    private static ulong[] PowersOfFive()
    {
        var powers = new ulong[(LargestPower - SmallestPower + 1) * 2];
        UInt128 five = 1;
        for (var q = 0; q <= LargestPower; q++, five *= 5)
        {
            Put(powers, q, five << (int)UInt128.LeadingZeroCount(five));
            if (q > 0)
            {
                Put(powers, -q, Reciprocal(five));
            }
        }

        return powers;
    }

    /// <summary>2^b / <paramref name="divisor"/> + 1, b so that the result fills 128 bits.</summary>
    private static UInt128 Reciprocal(UInt128 divisor)
    {
        // Long division of a one and 127 + z zeros; the first z bits of the quotient are zeros.
        UInt128 quotient = 0;
        UInt128 rest = 1;
        var bits = 127 + 128 - (int)UInt128.LeadingZeroCount(divisor - 1);
        for (var bit = 0; bit < bits; bit++)
        {
            rest <<= 1;
            quotient <<= 1;
            if (rest >= divisor)
            {
                rest -= divisor;
                quotient |= 1;
            }
        }

        return quotient + 1;
    }

    private static void Put(ulong[] powers, int q, UInt128 power)
    {
        powers[(q - SmallestPower) * 2] = (ulong)(power >> 64);
        powers[((q - SmallestPower) * 2) + 1] = (ulong)power;
    }
}
