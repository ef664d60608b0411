using System.Text.Json.Serialization;
using Billing.Api.Hosting.Outbound;
using Billing.Domain.Preapprovals;
using Wolverine.Attributes;

namespace Billing.Api.Charges;

public sealed record ChargeToSend(Guid PreapprovalId, string MerchantTransactionId)
{
    /// <summary>The preapproval as it was decided. Null when the message was read from the database.</summary>
    [JsonIgnore]
    public DecidedPreapproval? Decided { get; init; }
}

/// <param name="Version">The stream's version with the intent.</param>
public sealed record DecidedPreapproval(Preapproval State, long Version);

/// <summary>Sends a page of charges whose intents were committed with this message.</summary>
/// <param name="Id">The page for which calls were reserved.</param>
/// <param name="Process">The process that committed them: no other may send them.</param>
public sealed record SubmitCharges(
    Guid Id, string Site, IReadOnlyList<ChargeToSend> Charges, Guid Process, SendWindow Window);

public static class SubmitChargesHandler
{
    /// <remarks>If another process receives the message, the resolver takes over and asks the gateway first.</remarks>
    public static Task Handle(SubmitCharges command, ChargeCalls charges) =>
        command.Process == ProcessIdentity.Current ? charges.SendPageAsync(command) : Task.CompletedTask;
}
