namespace Whirr.Linux.Cgroups;

/// <summary>Where attempts may have cgroups.</summary>
/// <param name="Root">Absolute path of a directory in which leaves may be made; null for none.</param>
/// <param name="Reason">Why there, or why nowhere, for a person.</param>
public sealed record CgroupLocation(string? Root, string Reason);
