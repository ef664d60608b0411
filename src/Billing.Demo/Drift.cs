namespace Billing.Demo;

/// <summary>The gateway shows other values than we hold, until they agree again.</summary>
internal sealed class Drift(Storefront storefront, SandboxControl sandbox, Operator commands, Checks checks)
{
    private const string LastLine = "audit drift: ";

    public async Task SettleAsync(Subscriber subscriber)
    {
        var (found, said) = await commands.RunAsync("audit", "drift");
        await subscriber.ReadAsync(storefront);
        Print.Line(Summary(said));
        checks.That(
            $"The gateway shows another SiteID for {subscriber.Name}: audit drift lists it, with exit code 1",
            found == 1 && subscriber.Subscription.Drift is ["site_id"], said);

        await sandbox.CorrectSiteAsync(subscriber.GatewayId);
        var (left, now) = await commands.RunAsync("audit", "drift");
        await subscriber.ReadAsync(storefront);
        Print.Line($"The gateway corrects its record. {Summary(now)}");
        checks.That(
            "The next comparison records that it agrees, and nothing is open any more",
            left == 0 && subscriber.Subscription.Drift is [], now);
    }

    private static string Summary(string said) =>
        said.Split('\n').LastOrDefault(line => line.StartsWith(LastLine, StringComparison.Ordinal)) ?? said;
}
