using System.CommandLine;
using Billing.Api.Forgetting;
using Billing.Api.Recovering;
using Billing.Api.Resolving;
using Billing.Api.Subscriptions;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Cli;

/// <summary>billing operator resolve · resolve-refund · recover · forget: decisions of a named person, each an event.</summary>
internal static class OperatorCommands
{
    public static Command Create() => new("operator", "Decisions of a named person.") { Resolve(), ResolveRefundCommand.Create(), Recover(), Forget() };

    private static Command Resolve()
    {
        var charge = new Argument<string>("merchantTransactionId");
        var outcome = new Argument<string>("outcome") { Description = "charged or failed" };
        outcome.AcceptOnlyFromAmong("charged", "failed");
        var (site, by) = (Site(), By());
        var why = new Option<string>("--why") { Required = true, Description = "The reason, in a sentence." };
        var evidence = new Option<string>("--evidence") { Required = true, Description = "Where it can be seen: a ticket, a statement line." };
        var command = new Command("resolve", "Set what became of a charge that the gateway cannot tell of. A later answer of the gateway replaces it.") { charge, outcome, site, by, why, evidence };

        command.SetAction(async (parsed, ct) =>
        {
            await using var services = await OpenAsync(ct);
            var (tenant, id) = (OneSite.Of(services, parsed.GetValue(site)), parsed.GetValue(charge)!);

            if (await services.GetRequiredService<StreamDirectory>().ByMerchantTransactionIdAsync(tenant, id, ct) is not { } key)
            {
                await Console.Error.WriteLineAsync($"Site {tenant} has no charge {id}.");
                return 1;
            }

            var state = parsed.GetValue(outcome) is "charged" ? MoneyState.Charged : MoneyState.Failed;
            var resolve = new ResolveByOperator(tenant, key.Id, id, state, parsed.GetValue(by)!, parsed.GetValue(why)!, parsed.GetValue(evidence)!);
            var applied = await services.GetRequiredService<MessageBus>().InvokeAsync(resolve, new Metadata(UserName: resolve.By), ct);
            Console.WriteLine(applied.Events.Count == 0 ? $"{id} was set to {parsed.GetValue(outcome)} before." : $"{id} is {parsed.GetValue(outcome)}, recorded at version {applied.Version}.");

            return 0;
        });

        return command;
    }

    private static Command Recover()
    {
        var (site, by) = (Site(), By());
        var limit = new Option<int>("--limit") { DefaultValueFactory = _ => 200, Description = "How many of the newest preapprovals at the gateway to look at." };
        var command = new Command("recover", "Take preapprovals into the books that the gateway has and we have not, and ask again about those that wait for an owner.") { site, by, limit };

        command.SetAction(async (parsed, ct) =>
        {
            await using var services = await OpenAsync(ct);
            var tenant = OneSite.Of(services, parsed.GetValue(site));

            if (await services.GetRequiredService<Recovery>().RunAsync(tenant, parsed.GetValue(limit), parsed.GetValue(by)!, ct) is not { } recovered)
            {
                await Console.Error.WriteLineAsync("The gateway could not be asked; nothing was changed. Try again later.");
                return 1;
            }

            var asked = await services.GetRequiredService<Recovery>().AskAgainAsync(tenant, parsed.GetValue(by)!, ct);
            Console.WriteLine($"{asked} asked again; the running service records what the gateway says.");
            Console.WriteLine($"{recovered.Count} recovered{(recovered.Count == 0 ? "" : $": {string.Join(", ", recovered)}")}");

            return 0;
        });

        return command;
    }

    private static Command Forget()
    {
        var id = new Argument<Guid>("id") { Description = "The subscription's id." };
        var (site, by) = (Site(), By());
        var command = new Command("forget", "Destroy the key of one stream: amounts, dates and hashes stay, the person is gone. There is no way back.") { id, site, by };

        command.SetAction(async (parsed, ct) =>
        {
            await using var services = await OpenAsync(ct);
            var key = new StreamKey(OneSite.Of(services, parsed.GetValue(site)), parsed.GetValue(id));
            var done = await services.GetRequiredService<ForgetCustomer>().RunAsync(key, parsed.GetValue(by)!, ct);
            Console.WriteLine(done ? $"{key.Id} is forgotten." : $"{key.Id} does not exist, or was forgotten before.");

            return done ? 0 : 1;
        });

        return command;
    }

    private static Option<string?> Site() => new("--site") { Description = "SiteID; may be left out where only one is configured." };

    private static Option<string> By() => new("--by") { Required = true, Description = "Who decides; stands in the stream for ever." };

    private static async Task<ServiceProvider> OpenAsync(CancellationToken ct)
    {
        var services = Books.Open();
        await Books.FollowClockAsync(services, ct);

        return services;
    }
}
