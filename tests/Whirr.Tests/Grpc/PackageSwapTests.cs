using System.Diagnostics;
using System.Text.Json;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Whirr.Tests.Architecture;

namespace Whirr.Tests.Grpc;

/// <summary>
/// The property UseGrpcPackages replaces our slice by the official packages. They cannot be restored from this feed, so what is tested is
/// that the projects ask for them and compile nothing of ours, and that we offer no name that the official packages do not have.
/// </summary>
public sealed class PackageSwapTests
{
    /// <summary>The types of Grpc.Core.Api, Grpc.Net.Common, Grpc.Net.Client and Grpc.AspNetCore.Server that we have too.</summary>
    private static readonly string[] OfficialTypes =
    [
        "Grpc.AspNetCore.Server.GrpcMethodMetadata",
        "Grpc.AspNetCore.Server.GrpcServiceOptions",
        "Grpc.AspNetCore.Server.IGrpcServerBuilder",
        "Grpc.Core.AsyncClientStreamingCall`2",
        "Grpc.Core.AsyncDuplexStreamingCall`2",
        "Grpc.Core.AsyncServerStreamingCall`1",
        "Grpc.Core.AsyncStreamReaderExtensions",
        "Grpc.Core.AsyncUnaryCall`1",
        "Grpc.Core.BindServiceMethodAttribute",
        "Grpc.Core.CallInvoker",
        "Grpc.Core.CallOptions",
        "Grpc.Core.ChannelBase",
        "Grpc.Core.ClientBase",
        "Grpc.Core.ClientBase`1",
        "Grpc.Core.ClientStreamingServerMethod`2",
        "Grpc.Core.DeserializationContext",
        "Grpc.Core.DuplexStreamingServerMethod`2",
        "Grpc.Core.IAsyncStreamReader`1",
        "Grpc.Core.IAsyncStreamWriter`1",
        "Grpc.Core.IClientStreamWriter`1",
        "Grpc.Core.IMethod",
        "Grpc.Core.IServerStreamWriter`1",
        "Grpc.Core.Marshaller`1",
        "Grpc.Core.Marshallers",
        "Grpc.Core.Metadata",
        "Grpc.Core.Metadata+Entry",
        "Grpc.Core.MethodType",
        "Grpc.Core.Method`2",
        "Grpc.Core.RpcException",
        "Grpc.Core.SerializationContext",
        "Grpc.Core.ServerCallContext",
        "Grpc.Core.ServerCallContextExtensions",
        "Grpc.Core.ServerServiceDefinition",
        "Grpc.Core.ServerServiceDefinition+Builder",
        "Grpc.Core.ServerStreamingServerMethod`2",
        "Grpc.Core.ServiceBinderBase",
        "Grpc.Core.Status",
        "Grpc.Core.StatusCode",
        "Grpc.Core.UnaryServerMethod`2",
        "Grpc.Core.WriteFlags",
        "Grpc.Core.WriteOptions",
        "Grpc.Net.Client.GrpcChannel",
        "Grpc.Net.Client.GrpcChannelOptions",
        "Microsoft.AspNetCore.Builder.GrpcEndpointRouteBuilderExtensions",
        "Microsoft.AspNetCore.Builder.GrpcServiceEndpointConventionBuilder",
        "Microsoft.Extensions.DependencyInjection.GrpcServicesExtensions",
    ];

    [Fact]
    public void We_offer_no_type_that_the_official_packages_do_not_have()
    {
        var ours = new[] { typeof(RpcException), typeof(GrpcServiceOptions) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .Select(type => type.FullName!)
            .Order(StringComparer.Ordinal);
        Assert.Equal(OfficialTypes.Order(StringComparer.Ordinal), ours);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Whirr.Grpc", "Grpc.Core.Api", "Grpc.Net.Client")]
    [InlineData("Whirr.Grpc.Server", "Grpc.AspNetCore.Server")]
    public async Task The_property_swaps_our_code_for_the_packages(string project, params string[] packages)
    {
        var own = await EvaluateAsync(project, useGrpcPackages: false);
        Assert.NotEmpty(own.Compile);
        Assert.Empty(own.Packages);
        var official = await EvaluateAsync(project, useGrpcPackages: true);
        Assert.Empty(official.Compile);
        Assert.Equal(packages, official.Packages);
        Assert.Subset(official.Versions.ToHashSet(), packages.ToHashSet());
    }

    private static async Task<(List<string> Compile, List<string> Packages, List<string> Versions)> EvaluateAsync(string project, bool useGrpcPackages)
    {
        var path = Path.Combine(RepositoryRoot.Path, "src", project, project + ".csproj");
        using var msbuild = Process.Start(new ProcessStartInfo(
            "dotnet", ["msbuild", path, "-getItem:Compile,PackageReference,PackageVersion", $"-p:UseGrpcPackages={useGrpcPackages}"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await msbuild.StandardOutput.ReadToEndAsync();
        await msbuild.WaitForExitAsync();
        Assert.True(msbuild.ExitCode == 0, output);
        var items = JsonDocument.Parse(output).RootElement.GetProperty("Items");
        return (Names(items, "Compile"), Names(items, "PackageReference").Where(IsGrpc).ToList(), Names(items, "PackageVersion").Where(IsGrpc).ToList());
    }

    private static bool IsGrpc(string package) => package.StartsWith("Grpc.", StringComparison.Ordinal);

    private static List<string> Names(JsonElement items, string kind) =>
        [.. items.GetProperty(kind).EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
}
