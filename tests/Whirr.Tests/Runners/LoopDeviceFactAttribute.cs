namespace Whirr.Tests.Runners;

/// <summary>A test that mounts a file system of its own from a file.</summary>
public sealed class LoopDeviceFactAttribute : FactAttribute
{
    private static readonly string[] Places = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    public LoopDeviceFactAttribute()
    {
        if (Environment.UserName != "root" || !File.Exists("/dev/loop-control"))
        {
            Skip = "mounts a file as a disk, which takes root and a loop device";
        }
        else if (!Places.Any(place => File.Exists($"{place}/mkfs.ext4")))
        {
            Skip = "mkfs.ext4 is not installed (e2fsprogs)";
        }
    }
}
