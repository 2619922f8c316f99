namespace Whirr.KeeperContract;

/// <summary>Bytes from the other side, or from a file of an attempt, are not what the contract says.</summary>
public sealed class KeeperContractException(string message, Exception? inner = null) : Exception(message, inner);
