using System.Text;
using Wsss.Kernel.Wire;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class WireMessageTests
{
    private const string Header = """{"msg_id":"1","msg_type":"x_request"}""";

    private readonly MessageSigner _signer = new("key"u8.ToArray());

    [Fact]
    public void A_signature_is_that_of_RFC_4231()
    {
        // Test case 2: key "Jefe", data "what do ya want for nothing?", here cut in four.
        byte[][] frames = ["what do "u8.ToArray(), "ya want "u8.ToArray(), ""u8.ToArray(), "for nothing?"u8.ToArray()];
        Assert.Equal(
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            Encoding.ASCII.GetString(new MessageSigner("Jefe"u8.ToArray()).Sign(frames))
        );
    }

    [Fact]
    public void A_message_has_identities_type_and_content()
    {
        Assert.True(
            WireMessage.TryRead(
                ["me"u8.ToArray(), .. Signed(Header, "{}", "{}", """{"code":"1"}"""), "buffer"u8.ToArray()],
                _signer,
                out WireMessage? message,
                out _
            )
        );
        Assert.Equal(
            ("x_request", "1", Header),
            (message.Type, message.Content["code"]!.GetValue<string>(), Encoding.UTF8.GetString(message.Header))
        );
        Assert.Equal("me"u8.ToArray(), Assert.Single(message.Identities));
    }

    [Fact]
    public void The_signature_is_looked_at_before_anything_is_parsed()
    {
        byte[][] frames = Signed("no JSON", "{}", "{}", "{}");
        Assert.Contains("JSON objects", Refused(frames), StringComparison.Ordinal);
        frames[1] = Encoding.ASCII.GetBytes(new string('0', 64));
        Assert.Contains("found another", Refused(frames), StringComparison.Ordinal);
        frames[1] = [];
        Assert.Contains("found none", Refused(frames), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "{}")]
    [InlineData("""{"msg_id":"1"}""", "{}")]
    [InlineData("""{"msg_type":1}""", "{}")]
    [InlineData("""{"msg_type":"\ud800"}""", "{}")]
    [InlineData("""{"msg_type":"a","msg_type":"b"}""", "{}")]
    [InlineData(Header, """{"code":"\ud800"}""")]
    [InlineData(Header, """{"a":[{"\udc00":1}]}""")]
    [InlineData(Header, "null")]
    [InlineData(Header, "{\"a\":\"\u0001\"}")]
    public void JSON_that_is_no_message_is_refused(string header, string content) =>
        Assert.Contains("JSON objects", Refused(Signed(header, "{}", "{}", content)), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        byte[][] frames = [.. new[] { Header, "{}", "{}", "{\"c?de\":\"1\"}" }.Select(Encoding.UTF8.GetBytes)];
        foreach (int at in (int[])[3, 9])
        {
            byte[] content = [.. frames[3]];
            content[at] = 0xff;
            byte[][] damaged = [.. frames[..3], content];
            Assert.Contains(
                "JSON objects",
                Refused([WireMessage.Delimiter.ToArray(), _signer.Sign(damaged), .. damaged]),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void JSON_may_be_as_deep_as_the_limit_and_no_deeper()
    {
        Assert.True(WireMessage.TryRead(Signed(Header, "{}", "{}", Nested(WireMessage.MostDepth)), _signer, out _, out _));
        Assert.Contains(
            $"{WireMessage.MostDepth} levels",
            Refused(Signed(Header, "{}", "{}", Nested(WireMessage.MostDepth + 1))),
            StringComparison.Ordinal
        );
        Assert.Contains("levels", Refused(Signed(Header, "{}", "{}", Nested(1_000_000))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_frames_has_limits()
    {
        byte[][] message = Signed(Header, "{}", "{}", "{}");
        Assert.Contains("found 5 frames", Refused(message[..5]), StringComparison.Ordinal);
        Assert.Contains("found 0 frames", Refused([]), StringComparison.Ordinal);
        Assert.Contains("found 15 frames", Refused([.. Enumerable.Repeat<byte[]>([1], 9), .. message]), StringComparison.Ordinal);
        Assert.Contains("found 65 frames", Refused([.. message, .. Enumerable.Repeat<byte[]>([1], 59)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_counts_once_as_long_as_it_is_remembered()
    {
        byte[][] message = Signed(Header, "{}", "{}", "{}");
        Assert.True(WireMessage.TryRead(message, _signer, out _, out _));
        Assert.Contains("came before", Refused(message), StringComparison.Ordinal);
        for (int i = 0; i < MessageSigner.Remembered; i++) Assert.True(_signer.IsNew(Encoding.ASCII.GetBytes($"{i}")));
        Assert.True(_signer.IsNew(message[1]));
    }

    private string Refused(byte[][] frames)
    {
        Assert.False(WireMessage.TryRead(frames, _signer, out WireMessage? message, out string? problem));
        Assert.Null(message);
        return problem;
    }

    private byte[][] Signed(params string[] json)
    {
        byte[][] frames = [.. json.Select(Encoding.UTF8.GetBytes)];
        return [WireMessage.Delimiter.ToArray(), _signer.Sign(frames), .. frames];
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
}
