namespace Grpc.Core;

/// <summary>A remote method, without the types of its messages.</summary>
public interface IMethod
{
    MethodType Type { get; }

    /// <summary>The service with its package: <c>whirr.v1.Jobs</c>.</summary>
    string ServiceName { get; }

    /// <summary>The method alone: <c>Submit</c>.</summary>
    string Name { get; }

    /// <summary>The path on the wire: <c>/whirr.v1.Jobs/Submit</c>.</summary>
    string FullName { get; }
}
