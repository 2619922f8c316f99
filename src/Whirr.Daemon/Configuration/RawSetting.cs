namespace Whirr.Daemon.Configuration;

/// <summary>A setting as somebody wrote it.</summary>
/// <param name="Key">Its name, e.g. <c>slots</c>.</param>
/// <param name="Value">Its text.</param>
/// <param name="Origin">Where it was written, for messages: <c>/etc/whirr/whirrd.yaml:12</c>, <c>WHIRR_SLOTS</c>, <c>--slots</c>.</param>
public sealed record RawSetting(string Key, string Value, string Origin);
