using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Whirr.Domain.Runs;

namespace Whirr.Server.Runs;

/// <summary>A place in a list of runs as a text that clients hand back as it is.</summary>
internal static class RunPageToken
{
    public static string Write(RunPlace place)
    {
        var value = place.Key.Kind == RunValueKind.Number ? place.Key.Number.ToString("R") : place.Key.Text;
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{(int)place.Key.Kind} {place.Id} {value}"));
    }

    /// <exception cref="FormatException">It was not made by <see cref="Write"/>.</exception>
    public static RunPlace Read(string token)
    {
        if (Base64Url.IsValid(token)
            && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(' ', 3) is [var kindText, var idText, var value]
            && int.TryParse(kindText, NumberStyles.None, CultureInfo.InvariantCulture, out var kind)
            && long.TryParse(idText, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            switch ((RunValueKind)kind)
            {
                case RunValueKind.Number when double.TryParse(value, CultureInfo.InvariantCulture, out var number):
                    return new RunPlace(RunValue.Of(number), id);
                case RunValueKind.Text:
                    return new RunPlace(RunValue.Of(value), id);
                case RunValueKind.Absent:
                    return new RunPlace(RunValue.Absent, id);
            }
        }

        throw new FormatException("was not made by this service");
    }
}
