using Whirr.Cli.Connection;

namespace Whirr.Tests.Cli;

public sealed class SocketChoiceTests
{
    [Fact]
    public void The_option_comes_first() => Assert.Equal("/o", Choose("/o", ["WHIRR_SOCKET=/v", "XDG_RUNTIME_DIR=/x"], "/x/whirr/whirr.sock").Path);

    [Fact]
    public void Then_the_variable() => Assert.Equal("/v", Choose(null, ["WHIRR_SOCKET=/v", "XDG_RUNTIME_DIR=/x"], "/x/whirr/whirr.sock").Path);

    [Fact]
    public void Empty_values_count_as_missing() =>
        Assert.Equal("/h/.local/state/whirr/whirr.sock", Choose("", ["WHIRR_SOCKET=", "XDG_RUNTIME_DIR=", "HOME=/h"], "/h/.local/state/whirr/whirr.sock").Path);

    [Fact]
    public void A_relative_path_is_relative_to_the_current_directory() => Assert.Equal("/here/s", Choose("s", []).Path);

    [Fact]
    public void Then_the_socket_of_the_users_own_daemon() =>
        Assert.Equal("/x/whirr/whirr.sock", Choose(null, ["XDG_RUNTIME_DIR=/x", "HOME=/h"], "/x/whirr/whirr.sock").Path);

    [Fact]
    public void Without_one_the_system_daemon_and_both_are_named()
    {
        var choice = Choose(null, ["XDG_RUNTIME_DIR=/x"]);
        Assert.Equal("/run/whirr/whirr.sock", choice.Path);
        Assert.Equal(["/x/whirr/whirr.sock", "/run/whirr/whirr.sock"], choice.Considered);
    }

    [Fact]
    public void Without_a_home_there_is_only_the_system_daemon() => Assert.Equal(["/run/whirr/whirr.sock"], Choose(null, []).Considered);

    private static SocketChoice Choose(string? option, string[] variables, params string[] files) => SocketChoice.Choose(
        option,
        name => Array.Find(variables, each => each.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..],
        files.Contains,
        () => "/here");
}
