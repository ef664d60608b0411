using System.CommandLine;
using System.Globalization;
using Billing.Api.Explanations;
using Billing.Api.Hosting;

namespace Billing.Api.Operations.Cli;

/// <summary>billing explain: why a date was charged or not, or what became of a payment, in sentences.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("id")
        {
            Description = "A subscription's id, a MerchantTransactionID, or the gateway's id of a payment.",
        };
        var date = new Option<string?>("--date")
        {
            Description = "The day to explain, like 2027-01-31; today if it is left out. Only of a subscription.",
            HelpName = "DATE",
        };
        var site = OneSite.Option();
        var command = new Command(
            "explain", "Say why a date was charged or not, or what became of a payment, and what comes next.")
        {
            id, date, site,
        };
        command.SetAction((parsed, ct) => RunAsync(
            parsed.GetValue(id)!, parsed.GetValue(date), parsed.GetValue(site), ct));

        return command;
    }

    private static async Task<int> RunAsync(string id, string? date, string? named, CancellationToken ct)
    {
        using var host = CliHost.Open();
        var site = OneSite.Of(host, named);
        await CliHost.FollowClockAsync(host, ct);

        if (await FindAsync(host.Services.GetRequiredService<Explainer>(), site, id, date, ct) is not { } explained)
        {
            await Console.Error.WriteLineAsync(
                $"Site {site} has no subscription and no payment '{id}'. GET /v1/subscriptions and GET /v1/payments "
                + "list them.");

            return 1;
        }

        Console.WriteLine(explained.Reason is { } reason ? $"{explained.Decision}: {reason}" : explained.Decision);

        foreach (var sentence in explained.Sentences)
        {
            Console.WriteLine(sentence);
        }

        Console.WriteLine(explained.NextDue is { } next
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Next: attempt {next.Attempt} at the period due on {next.On:yyyy-MM-dd}, at {Table.Local(next.At)}.")
            : "Next: nothing is due.");

        return 0;
    }

    private static async Task<ExplanationView?> FindAsync(
        Explainer explainer, string site, string id, string? date, CancellationToken ct)
    {
        if (!Guid.TryParse(id, out var subscription))
        {
            return await explainer.OfPaymentAsync(site, id, ct);
        }

        try
        {
            return await explainer.OfDateAsync(site, subscription, date, ct);
        }
        catch (NotFoundException)
        {
            return null;
        }
    }
}
