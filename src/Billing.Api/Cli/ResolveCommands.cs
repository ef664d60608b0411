using System.CommandLine;
using Billing.Api.Refunds;
using Billing.Api.Resolving;
using Billing.Api.Subscriptions;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Cli;

/// <summary>billing operator resolve · resolve-refund: a named person settles what the gateway cannot tell of.</summary>
internal static class ResolveCommands
{
    private delegate Task<StreamKey?> Find(IServiceProvider services, string tenant, string id, CancellationToken ct);

    private delegate object Decide(string tenant, StreamKey key, string id, bool isDone, Reasons said);

    public static Command Charge() => Create(
        "resolve", "a charge", "charged", "has no charge",
        (services, tenant, id, ct) => services.GetRequiredService<StreamDirectory>().ByMerchantTransactionIdAsync(tenant, id, ct),
        (tenant, key, id, isDone, said) => new ResolveByOperator(tenant, key.Id, id, isDone ? MoneyState.Charged : MoneyState.Failed, said.By, said.Why, said.Evidence));

    public static Command Refund() => Create(
        "resolve-refund", "a refund", "refunded", "has asked for no refund",
        (services, tenant, id, ct) => services.GetRequiredService<RefundHistory>().ByReferenceAsync(tenant, id, ct),
        (tenant, key, id, isDone, said) => new ResolveRefundByOperator(tenant, key.Id, id, isDone ? RefundState.Refunded : RefundState.Failed, said.By, said.Why, said.Evidence));

    private static Command Create(string name, string what, string done, string hasNone, Find find, Decide decide)
    {
        var reference = new Argument<string>("merchantTransactionId") { Description = $"Of {what}." };
        var outcome = new Argument<string>("outcome") { Description = $"{done} or failed" };
        outcome.AcceptOnlyFromAmong(done, "failed");
        var (site, by) = (OperatorCommands.Site(), OperatorCommands.By());
        var why = new Option<string>("--why") { Required = true, Description = "The reason, in a sentence." };
        var evidence = new Option<string>("--evidence") { Required = true, Description = "Where it can be seen: a ticket, a statement line." };
        var command = new Command(name, $"Set what became of {what} that the gateway cannot tell of. A later answer of the gateway replaces it.") { reference, outcome, site, by, why, evidence };

        command.SetAction(async (parsed, ct) =>
        {
            await using var services = await OperatorCommands.OpenAsync(ct);
            var (tenant, id, said) = (OneSite.Of(services, parsed.GetValue(site)), parsed.GetValue(reference)!, new Reasons(parsed.GetValue(by)!, parsed.GetValue(why)!, parsed.GetValue(evidence)!));

            if (await find(services, tenant, id, ct) is not { } key)
            {
                await Console.Error.WriteLineAsync($"Site {tenant} {hasNone} {id}.");
                return 1;
            }

            var decision = decide(tenant, key, id, parsed.GetValue(outcome) == done, said);
            var applied = await services.GetRequiredService<MessageBus>().InvokeAsync(decision, new Metadata(UserName: said.By), ct);
            Console.WriteLine(applied.Events.Count == 0 ? $"{id} was set to {parsed.GetValue(outcome)} before." : $"{id} is {parsed.GetValue(outcome)}, recorded at version {applied.Version}.");

            return 0;
        });

        return command;
    }

    private sealed record Reasons(string By, string Why, string Evidence);
}
