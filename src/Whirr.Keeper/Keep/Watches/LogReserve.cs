using Whirr.Linux;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Room that is taken ahead of the end of a log, so that a job can go on writing to it when the disk is full.</summary>
internal sealed class LogReserve(Fd file)
{
    /// <summary>What is left of a log at the least when the disk is full.</summary>
    public const long LeastLog = 512 << 10;

    private const long LeastAhead = 4 << 20;
    private const long MostAhead = 64 << 20;
    private const long LeastPiece = 64 << 10;

    private long _end;
    private long _sizeBefore = -1;
    private bool _isImpossible;

    /// <summary>Takes room for what may be written until the next looks, by what was written since the last.</summary>
    /// <returns>False: there is not so much; what there is was taken.</returns>
    public bool TryExtend(long size)
    {
        var written = _sizeBefore < 0 ? 0 : size - _sizeBefore;
        _sizeBefore = size;
        return TryExtendTo(size, size + Math.Clamp(8 * written, LeastAhead, MostAhead));
    }

    /// <summary>The same again, after room was made.</summary>
    public bool TryExtendAgain(long size) => TryExtendTo(size, size + LeastAhead);

    private bool TryExtendTo(long size, long end)
    {
        _end = Math.Max(_end, size);
        for (var piece = end - _end; !_isImpossible && _end < end; piece = Math.Min(piece, end - _end))
        {
            if (TryTake(piece))
            {
                _end += piece;
            }
            else if ((piece /= 2) < LeastPiece)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryTake(long bytes)
    {
        try
        {
            _isImpossible = !Holes.TryReserve(file, _end, bytes);
            return true;
        }
        catch (LinuxException e) when (e.Errno is Errno.Enospc or Errno.Edquot or Errno.Efbig)
        {
            return false;
        }
    }
}
