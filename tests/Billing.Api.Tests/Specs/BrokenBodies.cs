using System.Text;

namespace Billing.Api.Tests.Specs;

/// <summary>Invalid bodies around one root key.</summary>
public static class BrokenBodies
{
    private const int Megabyte = 1024 * 1024;
    private const string One = "\"ID\":1";

    /// <summary>Not JSON that can be stored: the same for every path that reads a body.</summary>
    public static TheoryData<string> Names =>
    [
        "empty", "blank", "cut_short", "an_array", "a_number", "null", "two_documents", "trailing_comma", "comment",
        "byte_order_mark_of_utf16",
        "u0000_in_a_value", "u0000_in_a_key", "half_a_surrogate_pair", "half_a_surrogate_pair_in_a_key", "invalid_utf8",
        "overlong_utf8", "deeply_nested", "a_key_twice",
    ];

    public static byte[] Of(string name, string root) => name switch
    {
        "empty" => [],
        "blank" => Utf8("  \n"),
        "cut_short" => Around(root, "\"ID\":1,")[..^2],
        "an_array" => Utf8("[]"),
        "a_number" => Utf8("42"),
        "null" => Utf8("null"),
        "two_documents" => [.. Around(root, One), .. Around(root, One)],
        "trailing_comma" => Around(root, "\"ID\":1,"),
        "comment" => Around(root, "\"ID\":1/* one */"),
        "byte_order_mark_of_utf16" => [0xff, 0xfe, .. Encoding.Unicode.GetBytes("{}")],
        "u0000_in_a_value" => Around(root, """ "ID":1,"Description":"a\u0000b" """),
        "u0000_in_a_key" => Around(root, """ "ID":1,"a\u0000b":1 """),
        "half_a_surrogate_pair" => Around(root, """ "ID":1,"Description":"\ud83d" """),
        "half_a_surrogate_pair_in_a_key" => Around(root, """ "ID":1,"\udc00":1 """),
        "invalid_utf8" => [.. Around(root, One)[..^2], .. ",\"Description\":\""u8, 0xff, .. "\"}}"u8],
        "overlong_utf8" => [.. Around(root, One)[..^2], .. ",\"Description\":\""u8, 0xc0, 0x80, .. "\"}}"u8],
        "deeply_nested" => Around(root, $"\"ID\":{new string('[', 5000)}{new string(']', 5000)}"),
        "a_key_twice" => Around(root, """ "Description":"a","Description":"b" """),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>Valid JSON of one megabyte, with Content-Length or in chunks.</summary>
    public static HttpContent Huge(string root, bool chunked)
    {
        var body = Around(root, $"\"ID\":1,\"Description\":\"{new string('x', Megabyte)}\"");

        return chunked ? new StreamContent(new Unseekable(body)) : new ByteArrayContent(body);
    }

    /// <summary>A clear 4xx: a sentence of ours, and nothing of what happened inside.</summary>
    public static void AssertClear(HttpReply reply, int status)
    {
        Assert.True((int)reply.Status == status, $"{(int)reply.Status} {reply.Text}");
        Assert.StartsWith("application/json", reply.ContentType);
        Assert.DoesNotContain("   at ", reply.Text);
        Assert.DoesNotContain("Exception", reply.Text);
    }

    private static byte[] Around(string root, string members) => Utf8($"{{\"{root}\":{{{members}}}}}");

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
