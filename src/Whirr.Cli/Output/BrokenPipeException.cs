namespace Whirr.Cli.Output;

/// <summary>Nobody reads what is written any more; there is nothing left to do and nobody to tell.</summary>
internal sealed class BrokenPipeException() : IOException("broken pipe");
