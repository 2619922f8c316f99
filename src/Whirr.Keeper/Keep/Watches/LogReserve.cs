using Whirr.Linux;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Room that is taken ahead of the end of a log, so that a job can go on writing to it when the disk is full.</summary>
internal sealed class LogReserve(Fd file)
{
    /// <summary>What is left of a log at the least when the disk is full.</summary>
    public const long LeastLog = 1 << 20;

    private const long LeastAhead = 4 << 20;
    private const long MostAhead = 64 << 20;

    private long _end;
    private long _sizeBefore = -1;
    private bool _isImpossible;

    /// <summary>Takes room for what may be written until the next look, by what was written since the last.</summary>
    /// <returns>False: there is none.</returns>
    public bool TryExtend(long size)
    {
        var ahead = Math.Clamp(8 * (size - (_sizeBefore < 0 ? size : _sizeBefore)), LeastAhead, MostAhead);
        _sizeBefore = size;
        if (_isImpossible || _end - size > ahead / 2)
        {
            return true;
        }

        try
        {
            _isImpossible = !Holes.TryReserve(file, size, ahead);
            _end = size + ahead;
            return true;
        }
        catch (LinuxException e) when (e.Errno is Errno.Enospc or Errno.Edquot or Errno.Efbig)
        {
            return false;
        }
    }
}
