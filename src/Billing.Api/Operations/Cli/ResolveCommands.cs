using System.CommandLine;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Operations.Cli;

/// <summary>
/// billing operator resolve · resolve-refund: a named person settles what the gateway gives no answer about.
/// </summary>
internal static class ResolveCommands
{
    private delegate Task<Decided?> Decide(
        OperatorDecisions decisions, string site, string reference, bool isDone, OperatorReason reason,
        CancellationToken ct);

    public static Command Charge() => Create(
        "resolve", "a charge", "charged", "has no charge", (decisions, site, id, isDone, reason, ct) =>
            decisions.SetChargeAsync(site, id, isDone ? MoneyState.Charged : MoneyState.Failed, reason, ct));

    public static Command Refund() => Create(
        "resolve-refund", "a refund", "refunded", "has requested no refund",
        (decisions, site, reference, isDone, reason, ct) =>
            decisions.SetRefundAsync(site, reference, isDone ? RefundState.Refunded : RefundState.Failed, reason, ct));

    private static Command Create(string name, string what, string done, string hasNone, Decide decide)
    {
        var reference = new Argument<string>("merchantTransactionId") { Description = $"Of {what}." };
        var outcome = new Argument<string>("outcome") { Description = $"{done} or failed" };
        outcome.AcceptOnlyFromAmong(done, "failed");
        var (site, by, why, evidence) = (OneSite.Option(), OperatorCommands.By(), Why(), Evidence());
        var command = new Command(
            name,
            $"Set the outcome of {what} that the gateway gives no answer about. "
            + "A later answer of the gateway replaces it.")
        {
            reference, outcome, site, by, why, evidence,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = await CliHost.StartAsync(ct);
            var (tenant, id, set) = (
                OneSite.Of(host, parsed.GetValue(site)), parsed.GetValue(reference)!, parsed.GetValue(outcome));
            var reason = new OperatorReason(parsed.GetValue(by)!, parsed.GetValue(why)!, parsed.GetValue(evidence)!);

            var decisions = host.Services.GetRequiredService<OperatorDecisions>();

            if (await decide(decisions, tenant, id, set == done, reason, ct) is not { } decided)
            {
                await Console.Error.WriteLineAsync($"Site {tenant} {hasNone} {id}.");
                return 1;
            }

            Console.WriteLine(decided.Events.Count == 0
                ? $"{id} was set to {set} before."
                : $"{id} is {set}, recorded at version {decided.Version}.");
            await host.StopAsync(CancellationToken.None);

            return 0;
        });

        return command;
    }

    internal static Option<string> Why() =>
        new("--why") { Required = true, Description = "The reason, in a sentence." };

    internal static Option<string> Evidence() => new("--evidence")
    {
        Required = true, Description = "Where it can be seen: a ticket, a statement line.",
    };
}
