namespace Whirr.Linux;

/// <summary>Error numbers that some code here decides by (errno(3); the numbers of x86-64 and arm64).</summary>
public static class Errno
{
    public const int Eperm = 1;
    public const int Enoent = 2;
    public const int Esrch = 3;
    public const int Eintr = 4;
    public const int Eio = 5;
    public const int Enxio = 6;
    public const int E2Big = 7;
    public const int Enoexec = 8;
    public const int Echild = 10;
    public const int Eagain = 11;
    public const int Enomem = 12;
    public const int Eacces = 13;
    public const int Ebusy = 16;
    public const int Eexist = 17;
    public const int Enotdir = 20;
    public const int Eisdir = 21;
    public const int Einval = 22;
    public const int Etxtbsy = 26;
    public const int Efbig = 27;
    public const int Enospc = 28;
    public const int Erofs = 30;
    public const int Epipe = 32;
    public const int Enametoolong = 36;
    public const int Enosys = 38;
    public const int Enotempty = 39;
    public const int Eloop = 40;
    public const int Eproto = 71;
    public const int Eopnotsupp = 95;
    public const int Econnreset = 104;
    public const int Etimedout = 110;
    public const int Econnrefused = 111;
    public const int Edquot = 122;
}
