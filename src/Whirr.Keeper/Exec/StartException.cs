namespace Whirr.Keeper.Exec;

/// <summary>The job cannot be started.</summary>
internal sealed class StartException(StartFailure failure) : Exception(failure.Sentence)
{
    public StartException(string stage, int errno, string sentence)
        : this(new StartFailure(stage, errno, sentence))
    {
    }

    public StartFailure Failure { get; } = failure;
}
