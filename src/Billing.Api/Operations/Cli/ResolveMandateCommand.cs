using System.CommandLine;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Operations.Cli;

/// <summary>billing operator resolve-mandate: a named person settles a create, change or close.</summary>
internal static class ResolveMandateCommand
{
    private const string Done = "done";

    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "The subscription's id or its MerchantPreapprovalID." };
        var outcome = new Argument<string>("outcome") { Description = "done or failed" };
        outcome.AcceptOnlyFromAmong(Done, "failed");
        var gatewayId = new Option<int?>("--gateway-id")
        {
            Description = "The gateway's id of the preapproval: needed for a create that is done. It is read there.",
        };
        var (site, by, why, evidence) = (
            OneSite.Option(), OperatorCommands.By(), ResolveCommands.Why(), ResolveCommands.Evidence());
        var command = new Command(
            "resolve-mandate",
            "Settle a create, change or close that the gateway gives no answer about and that has an owner.")
        {
            id, outcome, gatewayId, site, by, why, evidence,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = await CliHost.StartAsync(ct);
            var (tenant, name, set) = (
                OneSite.Of(host, parsed.GetValue(site)), parsed.GetValue(id)!, parsed.GetValue(outcome)!);
            var reason = new OperatorReason(parsed.GetValue(by)!, parsed.GetValue(why)!, parsed.GetValue(evidence)!);
            var shown = parsed.GetValue(gatewayId) is { } number ? await ReadAsync(host, tenant, number, ct) : null;

            if (parsed.GetValue(gatewayId) is { } asked && shown is null)
            {
                await Console.Error.WriteLineAsync(
                    $"The gateway does not show preapproval {asked}, or could not be asked; nothing was changed.");
                return 1;
            }

            var decided = await host.Services.GetRequiredService<OperatorDecisions>().SetMandateAsync(
                tenant, name, set == Done ? MandateOutcome.Done : MandateOutcome.Failed, shown, reason, ct);

            if (decided is null)
            {
                await Console.Error.WriteLineAsync($"Site {tenant} has no preapproval {name}.");
                return 1;
            }

            var operation = $"{((MandateSetByOperator)decided.Events[0]).Operation}".ToLowerInvariant();
            Console.WriteLine($"The {operation} of {name} is {set}, recorded at version {decided.Version}.");

            if (decided.Events.OfType<DriftFound>().SelectMany(found => found.Fields).ToList() is { Count: > 0 } fields)
            {
                Console.WriteLine(
                    $"The gateway shows other values than were asked for: {string.Join(", ", fields)}. "
                    + "./billing audit drift shows both.");
            }

            await host.StopAsync(CancellationToken.None);

            return 0;
        });

        return command;
    }

    private static async Task<MandateSnapshot?> ReadAsync(IHost host, string site, int id, CancellationToken ct) =>
        await host.Services.GetRequiredService<IPaymentGateway>().ReadMandateAsync(site, id, ct)
            is MandateResult.Confirmed { Value: var shown } ? shown : null;
}
