using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Fuzzing;

/// <summary>Bodies that were right before one to three things happened to them.</summary>
/// <param name="others">Ids and names that belong to others, real ones where there are any.</param>
public sealed class Mutants(params string[] others)
{
    // Written in place of what JsonNode cannot write.
    private const string Raw = "@raw@";

    private static readonly string[] Raws = ["\\u0000", "\\ud83d", "\\udc00\\ud83d", "\\u", "\\x41", "a\\u0000b"];

    private static readonly string[] Literals =
    [
        "null", "true", "false", "\"\"", "\" \"", "\"abc\"", "0", "-0", "-1", "1", "49900", "49.90", "\"49.90\"",
        "\"4990 \"", "\"+4990\"", "4990.0", "4.99e3", "2147483647", "2147483648", "\"2147483648\"",
        "9223372036854775808", "99999999999999999999999999", "1e400", "\"NaN\"", "[]", "[null]", "{}", "{\"ID\":2}",
        "[[]]", "\"Ａ４９９０\"", "\"٤٩٩٠\"", "\"USD\"", "\"brl\"", "\"30202\"", "30202", "2", "\"2\"", "16", "26", "99",
    ];

    private static readonly string[] Roots = [
        "Payment", "Preapproval", "Refund", "Dispute", "Payments", "payment", "PREAPPROVAL", "Payout", "", "__proto__",
        "Message",
        "Error"
    ];

    private static readonly byte[][] Junk = [
        [0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], "\""u8.ToArray(), "{"u8.ToArray(),
        "]"u8.ToArray(), ","u8.ToArray(), "\\u0000"u8.ToArray(), "\\ud800"u8.ToArray(),
        "\r\n"u8.ToArray()
    ];

    public byte[] Of(byte[] right, Random random)
    {
        var body = right;

        for (var left = random.Next(1, 4); left > 0; left--)
        {
            body = random.Next(3) == 0 ? Bytes(body, random) : Values(body, random) ?? Bytes(body, random);
        }

        return body;
    }

    private static byte[] Bytes(byte[] body, Random random)
    {
        var (at, size) = (random.Next(body.Length + 1), random.Next(1, 40));
        var end = Math.Min(body.Length, at + size);

        switch (random.Next(8))
        {
            case 0:
                return body[..at];
            case 1:
                return [.. body[..end], .. body[at..]];
            case 2:
                return [.. body[..at], .. body[end..]];
            case 3:
                return [.. body[..at], .. Junk[random.Next(Junk.Length)], .. body[at..]];
            case 4:
                return [.. body, .. body];
            case 5:
                return [0xff, 0xfe, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body))];
            default:
                var flipped = body.ToArray();

                for (var flips = random.Next(1, 5); flips > 0 && flipped.Length > 0; flips--)
                {
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                }

                return flipped;
        }
    }

    // Null where it is JSON no more, or no JSON that can be taken apart.
    private byte[]? Values(byte[] body, Random random)
    {
        try
        {
            return JsonNode.Parse(body) is { } root && SlotsOf(root) is { Count: > 0 } slots
                ? Values(root, slots, random)
                : null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private byte[] Values(JsonNode root, List<(JsonObject Owner, string Key)> slots, Random random)
    {
        var (owner, key) = slots[random.Next(slots.Count)];
        var insert = "";

        switch (random.Next(10))
        {
            case 0:
                owner.Remove(key);
                break;
            case 1:
                var (other, otherKey) = slots[random.Next(slots.Count)];
                owner[key] = other[otherKey]?.DeepClone();
                break;
            case 2:
                (insert, owner[key]) = ($"\"{Raws[random.Next(Raws.Length)]}\"", Raw);
                break;
            case 3:
                var depth = random.Next(20, 200);
                (insert, owner[key]) = (new string('[', depth) + new string(']', depth), Raw);
                break;
            case 4:
                (insert, owner[key]) = ($"1,\"{key}\":{owner[key]?.ToJsonString() ?? "null"}", Raw);
                break;
            case 5 when others.Length > 0:
                var theirs = others[random.Next(others.Length)];
                (insert, owner[key]) = (theirs.All(char.IsAsciiDigit) ? theirs : $"\"{theirs}\"", Raw);
                break;
            case 6:
                var (value, name) = (
                    owner[key]?.DeepClone(),
                    random.Next(2) == 0 ? key.ToLowerInvariant() : Roots[random.Next(Roots.Length)]);
                owner.Remove(key);
                owner[name] = value;
                break;
            case 7 when root is JsonObject { Count: > 0 } whole:
                var (first, content) = (whole.First().Key, whole.First().Value?.DeepClone());
                whole.Remove(first);
                whole[Roots[random.Next(Roots.Length)]] = content;
                break;
            case 8 when owner[key] is JsonValue scalar:
                (insert, owner[key]) =
                    (scalar.ToJsonString() is ['"', ..] text ? text.Trim('"') : $"\"{scalar.ToJsonString()}\"", Raw);
                break;
            default:
                (insert, owner[key]) = (Literals[random.Next(Literals.Length)], Raw);
                break;
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace($"\"{Raw}\"", insert, StringComparison.Ordinal));
    }

    private static List<(JsonObject Owner, string Key)> SlotsOf(JsonNode? node) => node switch
    {
        JsonObject owner => [.. owner.SelectMany(member => SlotsOf(member.Value).Prepend((owner, member.Key)))],
        JsonArray items => [.. items.SelectMany(SlotsOf)],
        _ => [],
    };
}
