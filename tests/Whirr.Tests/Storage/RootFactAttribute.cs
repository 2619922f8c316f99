namespace Whirr.Tests.Storage;

/// <summary>A test that mounts a file system of its own.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "mounting a small file system needs root";
        }
    }
}
