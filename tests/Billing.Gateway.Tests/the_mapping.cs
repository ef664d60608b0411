using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Billing.Api.Tests.Specs;
using Billing.Domain.Gateway;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Tests;

/// <summary>MAPPING.md names only files and members that exist, and every key of the wire.</summary>
public partial class the_mapping
{
    private static readonly string Folder = Path.Combine(LocalMachine.Root, "src", "Billing.Gateway");
    private static readonly string Page = File.ReadAllText(Path.Combine(Folder, "MAPPING.md"));
    private static readonly Type[] Types =
    [
        .. typeof(GlobalPayJson).Assembly.GetTypes().Concat(typeof(IPaymentGateway).Assembly.GetTypes())
            .Where(type => !type.Name.Contains('<', StringComparison.Ordinal)),
    ];

    /// <summary>
    /// All wire types but the building blocks that are no JSON objects, and envelopes, which have a table of their own.
    /// </summary>
    public static TheoryData<string> WireTypes =>
    [
        .. Types.Where(type =>
            type is { Namespace: "Billing.Gateway.Wire", IsPublic: true } && type.IsClass
                && type.GetMethod("<Clone>$") is not null && KeysOf(type).Length > 0)
            .Select(type => type.Name)
            .Where(name => !name.EndsWith("Envelope", StringComparison.Ordinal) && name != nameof(MessageBody)),
    ];

    [Theory]
    [MemberData(nameof(WireTypes))]
    public void every_key_of_a_wire_type_has_its_row(string wireType)
    {
        var table = Page.Split($"Keys of [{wireType}](", 2) is [_, var rest]
            ? rest
            : throw new Xunit.Sdk.XunitException($"MAPPING.md has no table \"Keys of [{wireType}](…)\".");
        var rows = table.Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'))
            .Skip(2);
        var listed = rows.SelectMany(row => Key().Matches(row.Split('|')[1]).Select(key => key.Groups[1].Value))
            .ToHashSet();
        var keys = KeysOf(Types.Single(type => type.Name == wireType));

        Assert.Empty(keys.Except(listed));

        // Parts of a nested object are named beside it.
        Assert.Empty(listed.Except(keys).Except(KeysOf(typeof(WireStatus))));
    }

    [Fact]
    public void every_envelope_has_its_row() => Assert.All(
        Types.Where(type =>
            type is { Namespace: "Billing.Gateway.Wire", IsPublic: true }
                && type.Name.EndsWith("Envelope", StringComparison.Ordinal)),
        envelope => Assert.Matches($@"\| `{Assert.Single(KeysOf(envelope))}` \|[^\n]*\[{envelope.Name}\]\(", Page));

    [Fact]
    public void every_link_leads_to_a_file()
    {
        var links = Link().Matches(Page).Select(link => link.Groups[1].Value).Distinct().ToArray();

        Assert.True(links.Length > 25, $"Only {links.Length} links.");
        Assert.DoesNotContain(links, link => !File.Exists(Path.Combine(Folder, link)));
    }

    [Fact]
    public void every_member_of_ours_that_is_named_exists()
    {
        var named = Member().Matches(Page)
            .Select(member => (Type: member.Groups[1].Value, Member: member.Groups[2].Value)).Distinct()
            .Where(it => Types.Any(type => type.Name == it.Type)).ToArray();

        Assert.True(named.Length > 60, $"Only {named.Length} members.");
        Assert.DoesNotContain(named, it => !Types.Where(type => type.Name == it.Type).Any(type =>
            type.GetMember(
                it.Member,
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static).Length
            > 0));
    }

    [Fact]
    public void what_decides_is_shown_in_bold()
    {
        Assert.Matches(@"\*\*`MerchantTransactionID`\*\* \| `PaymentSnapshot", Page);
        Assert.All(
            ["ID", "MerchantPreapprovalID", "SiteID", "Amount", "Currency", "PreapprovalID", "Code", "TotalCount"],
            key => Assert.Contains($"**`{key}`**", Page, StringComparison.Ordinal));
    }

    private static string[] KeysOf(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetCustomAttribute<JsonExtensionDataAttribute>() is null)
            .Select(property => property.Name),
    ];

    [GeneratedRegex("`([A-Za-z0-9]+)`")]
    private static partial Regex Key();

    [GeneratedRegex(@"\]\(([A-Za-z0-9_./]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`([A-Z][A-Za-z]+)\.([A-Z][A-Za-z0-9]+)(?:`|\s)")]
    private static partial Regex Member();
}
