using System.CommandLine;
using System.Globalization;
using Billing.Api.Attention;

namespace Billing.Api.Operations.Cli;

/// <summary>billing attention: what waits for a person, and the commands that settle it.</summary>
internal static class AttentionCommand
{
    private const int Page = 200;

    public static Command Create()
    {
        var site = new Option<string?>("--site") { Description = "SiteID; without it all sites, and what has none." };
        var kind = new Option<string?>("--kind") { Description = "One kind, such as charge_with_owner." };
        var limit = Values.Limit(50, "How many at most.");
        var command = new Command("attention", "What waits for a person, oldest first, and what settles it.")
        {
            site, kind, limit,
        };
        command.SetAction((parsed, ct) =>
            RunAsync(parsed.GetValue(site), parsed.GetValue(kind), parsed.GetValue(limit), ct));

        return command;
    }

    private static async Task<int> RunAsync(string? named, string? kind, int left, CancellationToken ct)
    {
        using var host = CliHost.Open();
        await CliHost.FollowClockAsync(host, ct);
        var site = named is null ? null : OneSite.Of(host, named);
        var list = host.Services.GetRequiredService<AttentionList>();
        var (count, after) = (0, (AttentionPosition?)null);

        while (left > 0)
        {
            var page = await list.OfOperatorAsync(site, kind, after, Math.Min(Page, left), ct);

            foreach (var item in page)
            {
                Print(item);
            }

            if (page.Count == 0)
            {
                break;
            }

            (count, left, after) = (count + page.Count, left - page.Count, AttentionPosition.Of(page[^1]));
        }

        Console.WriteLine($"{count} shown{(left == 0 ? "; --limit shows more." : "")}");

        return 0;
    }

    private static void Print(AttentionItem item)
    {
        var money = item.AmountMinor is { } minor
            ? string.Create(CultureInfo.InvariantCulture, $"{minor} {item.Currency} (minor units)")
            : null;
        string?[] about =
        [
            Table.Local(item.Since), item.Clock == AttentionItem.Business ? "(business time)" : null, item.Kind,
            Named("site", item.Site), Named("subscription", item.SubscriptionId),
            Named("preapproval", item.GatewayPreapprovalId), item.MerchantPreapprovalId,
            Named("charge", item.MerchantTransactionId), Named("payment", item.GatewayPaymentId),
            Named("refund", item.RefundId), money,
        ];
        Console.WriteLine(Table.Shown(string.Join("  ", about.OfType<string>())));
        Console.WriteLine($"  {Table.Shown(item.Why)}");

        foreach (var command in item.Commands)
        {
            Console.WriteLine($"    {Table.Shown(command)}");
        }
    }

    private static string? Named(string name, object? value) =>
        value is null ? null : string.Create(CultureInfo.InvariantCulture, $"{name} {value}");
}
