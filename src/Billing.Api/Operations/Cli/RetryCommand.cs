using System.CommandLine;
using System.Globalization;
using Billing.Api.Charges;
using Billing.Api.Hosting.Streams;
using Marten;

namespace Billing.Api.Operations.Cli;

/// <summary>billing operator retry: a named person has an unpaid period charged again now.</summary>
internal static class RetryCommand
{
    public static Command Create()
    {
        var id = Values.Id("The subscription's id.");
        var (dueOn, site, by) = (DueOn(), OneSite.Option(), OperatorCommands.By());
        var command = new Command(
            "retry", "Retry an unpaid period now. A running node charges it, once it has looked up earlier attempts.")
        {
            id, dueOn, site, by,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = await CliHost.StartAsync(ct);
            var (tenant, stream) = (OneSite.Of(host, parsed.GetValue(site)), parsed.GetValue(id));
            await using var session = host.Services.GetRequiredService<IDocumentStore>().QuerySession(tenant);

            if (await PreapprovalStreams.FindAsync(session, stream, ct) is null)
            {
                await Console.Error.WriteLineAsync($"Site {tenant} has no subscription {stream}.");
                return 1;
            }

            var decided = await host.Services.GetRequiredService<RetriesNow>().RequestAsync(
                tenant, stream, parsed.GetValue(dueOn), new EventSource(parsed.GetValue(by)!));
            Console.WriteLine(decided.Events.Count == 0
                ? "A retry is due already."
                : $"A retry is due now, recorded at version {decided.Version}.");
            await host.StopAsync(CancellationToken.None);

            return 0;
        });

        return command;
    }

    private static Option<DateOnly?> DueOn() => new("--due-on")
    {
        Description = "The period's due date, for example 2026-01-31; may be left out for the oldest unpaid one.",
        HelpName = "DATE",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;

            if (DateOnly.TryParseExact(
                text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                return date;
            }

            result.AddError($"--due-on '{text}' is no date like 2026-01-31.");

            return null;
        },
    };
}
