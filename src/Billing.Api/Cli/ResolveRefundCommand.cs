using System.CommandLine;
using Billing.Api.Refunds;
using Billing.Api.Resolving;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Cli;

/// <summary>billing operator resolve-refund: a named person settles a refund that the gateway cannot tell of.</summary>
internal static class ResolveRefundCommand
{
    public static Command Create()
    {
        var reference = new Argument<string>("merchantTransactionId") { Description = "The refund's own." };
        var outcome = new Argument<string>("outcome") { Description = "refunded or failed" };
        outcome.AcceptOnlyFromAmong("refunded", "failed");
        var site = new Option<string?>("--site") { Description = "SiteID; may be left out where only one is configured." };
        var by = new Option<string>("--by") { Required = true, Description = "Who decides; stands in the stream for ever." };
        var why = new Option<string>("--why") { Required = true, Description = "The reason, in a sentence." };
        var evidence = new Option<string>("--evidence") { Required = true, Description = "Where it can be seen: a ticket, a statement line." };
        var command = new Command("resolve-refund", "Set what became of a refund that the gateway cannot tell of. A later answer of the gateway replaces it.") { reference, outcome, site, by, why, evidence };

        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            await Books.FollowClockAsync(services, ct);
            var (tenant, id) = (OneSite.Of(services, parsed.GetValue(site)), parsed.GetValue(reference)!);

            if (await services.GetRequiredService<RefundHistory>().ByReferenceAsync(tenant, id, ct) is not { } key)
            {
                await Console.Error.WriteLineAsync($"Site {tenant} has asked for no refund {id}.");
                return 1;
            }

            var state = parsed.GetValue(outcome) is "refunded" ? RefundState.Refunded : RefundState.Failed;
            var resolve = new ResolveRefundByOperator(tenant, key.Id, id, state, parsed.GetValue(by)!, parsed.GetValue(why)!, parsed.GetValue(evidence)!);
            var applied = await services.GetRequiredService<MessageBus>().InvokeAsync(resolve, new Metadata(UserName: resolve.By), ct);
            Console.WriteLine(applied.Events.Count == 0 ? $"{id} was set to {parsed.GetValue(outcome)} before." : $"{id} is {parsed.GetValue(outcome)}, recorded at version {applied.Version}.");

            return 0;
        });

        return command;
    }
}
