using System.Diagnostics;

namespace Whirr.Tests.Grpc;

/// <summary>A test that needs a foreign implementation of gRPC: grpcio for Debian's own Python.</summary>
public sealed class PythonGrpcFactAttribute : FactAttribute
{
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> IsThere = new(HasGrpcio);

    public PythonGrpcFactAttribute()
    {
        Timeout = 60_000;
        if (!IsThere.Value)
        {
            Skip = $"needs grpcio and protobuf for {Python}: apt-get install python3-grpcio python3-protobuf";
        }
    }

    private static bool HasGrpcio()
    {
        if (!File.Exists(Python))
        {
            return false;
        }

        using var python = Process.Start(new ProcessStartInfo(Python, ["-c", "import grpc, google.protobuf"]) { RedirectStandardError = true })!;
        python.StandardError.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0;
    }
}
