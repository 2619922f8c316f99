namespace Whirr.Storage.Sqlite.Columns;

/// <summary>The column <c>outcome</c> of notices. The numbers are stored.</summary>
internal enum NoticeState
{
    Open = 0,
    Delivered = 1,
    GivenUp = 2,
}
