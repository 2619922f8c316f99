namespace Whirr.EndToEnd.Harness;

/// <summary>A test that needs root; skipped with the reason elsewhere.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root: jobs must run as other users";
        }
    }
}
