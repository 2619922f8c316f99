using Whirr.Cli.Failures;

namespace Whirr.Cli.Output;

/// <summary>The answer to something that is done and stays done, whether or not the answer can be written.</summary>
internal static class Receipt
{
    /// <summary>Writes it.</summary>
    /// <param name="done">What was done, e.g. <c>job 7 was submitted</c>.</param>
    /// <param name="write">Writes it to standard output.</param>
    /// <exception cref="CommandFailure">It could not be written; the message begins with what was done.</exception>
    public static void Write(string done, Action write)
    {
        try
        {
            write();
        }
        catch (CommandFailure failure)
        {
            throw new CommandFailure(failure.Kind, $"{done}, but {failure.Message}", failure);
        }
    }
}
