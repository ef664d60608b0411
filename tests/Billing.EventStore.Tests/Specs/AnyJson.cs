using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Billing.EventStore.Tests.Specs;

/// <summary>JSON texts as wild as jsonb takes them.</summary>
internal static class AnyJson
{
    private static readonly string[] Oddities =
    [
        "\u0001", "\u0008", "\t", "\n", "\u000b", "\f", "\r", "\u001f", "\"", "\\", "/", "<", "&", "\u007f", "\u0080", "\u009f", "é", "ß", "\u200b", "\u2028", "\ufeff", "\ufffd",
        "\uffff", "日本", "😀", "𝒳", "\U0010ffff", "sealed:1:", "\\u0000",
    ];

    public static readonly Gen<string> Texts =
        Gen.OneOf(
            Gen.Elements(Oddities).ListOf(6).Select(string.Concat),
            Gen.Elements(Oddities.Concat(Enumerable.Range(' ', 95).Select(c => ((char)c).ToString())).ToArray()).ArrayOf().Select(string.Concat),
            ArbMap.Default.ArbFor<string>().Generator.Where(text => text is not null && StorableText.Accepts(text)));

    public static readonly Gen<string> Numbers =
        Gen.OneOf(
            Gen.Elements("0", "-0", "-0.0", "0e0", "0e5", "0E-3", "1.50e1", "1e5", "1.5E-3", "-1.20e-1", "1E+2", "12.300", "9007199254740993", "-12345678901234567890.10", "1e-300", "1.7976931348623157E+308", "0.1e1", "100e-2", "10.0e-5"),
            ArbMap.Default.ArbFor<int>().Generator.Select(n => n.ToString(CultureInfo.InvariantCulture)),
            ArbMap.Default.ArbFor<decimal>().Generator.Select(n => n.ToString(CultureInfo.InvariantCulture)),
            ArbMap.Default.ArbFor<double>().Generator.Where(double.IsFinite).Select(n => JsonSerializer.Serialize(n)));

    public static Gen<string> Objects(int depth) =>
        from names in Texts.ListOf(4)
        from values in Values(depth).ListOf(4)
        from count in Gen.Choose(0, 4)
        select "{" + string.Join(",", names.Zip(values).Take(count).Select(m => $"{JsonSerializer.Serialize(m.First)}:{m.Second}")) + "}";

    private static Gen<string> Values(int depth) => depth == 0
        ? Gen.OneOf(Texts.Select(text => JsonSerializer.Serialize(text)), Numbers, Gen.Elements("true", "false", "null", "{}", "[]"))
        : Gen.OneOf(Values(0), Objects(depth - 1), Values(depth - 1).ListOf(3).Select(items => $"[{string.Join(" , ", items)}]"));
}
