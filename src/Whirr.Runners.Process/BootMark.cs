using System.Text;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Runners.Process;

/// <summary>In which boot of the machine attempts have been claimed: for those that left no facts, as their keeper died too early.</summary>
/// <remarks>
/// The wall clock cannot tell: it may have been set between the claim and now. So the boot id is written beside the attempts, not before
/// everything that an earlier boot may have left is found. When it was there when this daemon started, and is that of this boot, whatever
/// is claimed was claimed in this boot. When it is not, the clock is the best that there is.
/// </remarks>
internal sealed class BootMark
{
    private const string Name = "boot_id";
    private const uint Private = 0b110_000_000;
    private const int MaxBytes = 256;

    private readonly string _attemptsDir;
    private bool _isWritten;

    public BootMark(string attemptsDir)
    {
        _attemptsDir = attemptsDir;
        IsOfThisBoot = _isWritten = TryRead() == Boot.Id;
    }

    /// <summary>Every claim that this daemon found was made in this boot. False: not known.</summary>
    public bool IsOfThisBoot { get; }

    /// <summary>Notes that claims from now on are of this boot. Costs something the first time only.</summary>
    public void Write()
    {
        if (_isWritten)
        {
            return;
        }

        try
        {
            Paths.TryMakeDirectories(_attemptsDir, 0b111_000_000);
            var path = $"{_attemptsDir}/{Name}";
            using (var file = Fd.Open($"{path}.new", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, Private))
            {
                file.WriteAll(Encoding.ASCII.GetBytes(Boot.Id));
                file.SyncData();
            }

            Paths.Rename(null, $"{path}.new", path);
            _isWritten = true;
        }
        catch (LinuxException)
        {
            // A full disk, most often. The next start of an attempt tries again; until then the clock has to do.
            return;
        }
    }

    private string? TryRead()
    {
        using var file = Fd.TryOpenAt(null, $"{_attemptsDir}/{Name}", OpenFlags.ReadOnly);
        return file is null ? null : Encoding.ASCII.GetString(file.ReadAll(MaxBytes));
    }
}
