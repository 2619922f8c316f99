using Grpc.Core;
using Grpc.Wire;

namespace Whirr.Tests.Grpc;

public sealed class MetadataTests
{
    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("größer")]
    [InlineData("a:b")]
    public void A_key_has_only_the_characters_of_a_header(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Theory]
    [InlineData("line\nbreak")]
    [InlineData("größer")]
    [InlineData("\0")]
    public void A_text_value_that_would_break_the_header_is_refused(string value) =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", value));

    [Fact]
    public void The_suffix_of_the_key_says_whether_the_value_is_bytes()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", [1]));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key-bin", "text"));
        Assert.Throws<InvalidOperationException>(() => new Metadata.Entry("key-bin", [1]).Value);
    }

    [Fact]
    public void Keys_are_found_in_any_case_and_the_last_value_wins()
    {
        var metadata = new Metadata { { "Key", "one" }, { "key", "two" }, { "other", "three" } };
        Assert.Equal("two", metadata.GetValue("KEY"));
        Assert.Equal(["one", "two"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.Null(metadata.GetValue("none"));
    }

    [Fact]
    public void The_shared_empty_metadata_cannot_be_changed() =>
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));

    [Theory]
    [InlineData("AAEC", "00-01-02")]
    [InlineData("AAE", "00-01")]
    [InlineData("AAE=", "00-01")]
    [InlineData("AA", "00")]
    [InlineData("AAE, AA==", "00-01 00")]
    [InlineData("", "")]
    [InlineData("!!!!", null)]
    public void Binary_values_are_read_with_and_without_padding_and_joined(string field, string? expected)
    {
        var metadata = new Metadata();
        MetadataCoding.AddReceived(metadata, "key-bin", field);
        var values = metadata.Select(entry => BitConverter.ToString(entry.ValueBytes)).ToList();
        Assert.Equal(expected, values.Count == 0 ? null : string.Join(' ', values));
    }

    [Theory]
    [InlineData("0", StatusCode.OK)]
    [InlineData("16", StatusCode.Unauthenticated)]
    [InlineData("17", StatusCode.Unknown)]
    [InlineData("-1", StatusCode.Unknown)]
    [InlineData("", StatusCode.Unknown)]
    [InlineData("OK", StatusCode.Unknown)]
    public void A_status_that_is_not_known_is_unknown(string field, StatusCode expected) =>
        Assert.Equal(expected, MetadataCoding.DecodeStatusCode(field));
}
