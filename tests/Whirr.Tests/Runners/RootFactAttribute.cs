namespace Whirr.Tests.Runners;

/// <summary>A test that changes users.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Environment.UserName != "root")
        {
            Skip = "changes users, which only root may do; run the tests as root";
        }
    }
}
