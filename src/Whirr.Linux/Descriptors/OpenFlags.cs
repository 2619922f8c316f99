namespace Whirr.Linux.Descriptors;

/// <summary>Flags of open(2); the numbers of x86-64.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 0x1,
    ReadWrite = 0x2,
    Create = 0x40,

    /// <summary>Fail when the file is there.</summary>
    Exclusive = 0x80,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,
    Directory = 0x10000,

    /// <summary>Fail when the last part of the path is a symbolic link.</summary>
    NoFollow = 0x20000,
    CloseOnExec = 0x80000,

    /// <summary>Only to name the file and to ask about it, not to read it.</summary>
    Path = 0x200000,
}
