using System.CommandLine;
using Billing.Api.Hosting.Clock;
using Billing.Api.Mandates;
using Billing.Api.Reconciliation;

namespace Billing.Api.Operations.Cli;

/// <summary>
/// billing operator resolve · resolve-refund · resolve-mandate · retry · recover · forget: decisions of a named person,
/// each an event.
/// </summary>
internal static class OperatorCommands
{
    public static Command Create() => new("operator", "Decisions of a named person.")
    {
        ResolveCommands.Charge(), ResolveCommands.Refund(), ResolveMandateCommand.Create(), RetryCommand.Create(),
        Recover(), Forget(),
    };

    private static Command Recover()
    {
        var (site, by) = (OneSite.Option(), By());
        var limit = Values.Limit(200, "How many of the newest preapprovals at the gateway to look at.");
        var command = new Command(
            "recover",
            "Import preapprovals that exist at the gateway but not here, and ask again about those with an owner.")
        {
            site, by, limit,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = await CliHost.StartAsync(ct);
            var tenant = OneSite.Of(host, parsed.GetValue(site));
            var recovery = host.Services.GetRequiredService<Recovery>();

            if (await recovery.RunAsync(tenant, parsed.GetValue(limit), parsed.GetValue(by)!, ct) is not { } recovered)
            {
                await Console.Error.WriteLineAsync(
                    "The gateway could not be asked; nothing was changed. Try again later.");
                return 1;
            }

            Console.WriteLine($"{await recovery.AskAgainAsync(tenant, parsed.GetValue(by)!, ct)} asked again.");
            await host.Services.GetRequiredService<Strays>().CloseKnownAsync(
                tenant, host.Services.GetRequiredService<BusinessClock>().GetUtcNow(), ct);
            Console.WriteLine(
                $"{recovered.Count} recovered{(recovered.Count == 0 ? "" : $": {string.Join(", ", recovered)}")}");
            await host.StopAsync(CancellationToken.None);

            return 0;
        });

        return command;
    }

    private static Command Forget()
    {
        var id = Values.Id("The subscription's id.");
        var (site, by) = (OneSite.Option(), By());
        var command = new Command(
            "forget",
            "Destroy the key of one stream: amounts, dates and hashes stay, the personal data is gone. "
            + "This cannot be undone.")
        {
            id, site, by,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = await CliHost.StartAsync(ct);
            var (tenant, stream) = (OneSite.Of(host, parsed.GetValue(site)), parsed.GetValue(id));
            var customers = host.Services.GetRequiredService<ForgetCustomer>();
            var done = await customers.RunAsync(tenant, stream, parsed.GetValue(by)!, ct);
            Console.WriteLine(done ? $"{stream} is forgotten." : $"{stream} does not exist, or was forgotten before.");
            await host.StopAsync(CancellationToken.None);

            return done ? 0 : 1;
        });

        return command;
    }

    internal static Option<string> By() =>
        new("--by") { Required = true, Description = "Who decides; recorded for ever." };
}
