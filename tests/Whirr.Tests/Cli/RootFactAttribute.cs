namespace Whirr.Tests.Cli;

/// <summary>A test that gives files away.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "gives a directory to another user, which only root may do; run the tests as root";
        }
    }
}
