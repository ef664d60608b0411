using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Messaging;

namespace Billing.Api.Resolving;

/// <summary>A named person says what became of a charge that the gateway cannot tell of. Never a row: the words may name people.</summary>
/// <param name="Outcome">Charged or Failed.</param>
public sealed record ResolveByOperator(string Tenant, Guid PreapprovalId, string MerchantTransactionId, MoneyState Outcome, string By, string Why, string Evidence);

/// <inheritdoc cref="ResolveByOperator"/>
/// <param name="Outcome">Refunded or Failed.</param>
public sealed record ResolveRefundByOperator(string Tenant, Guid PreapprovalId, string Reference, RefundState Outcome, string By, string Why, string Evidence);

public static class ResolveByOperatorHandler
{
    public static Events Handle(ResolveRefundByOperator command, Preapproval? state, DateTimeOffset now) => [.. PreapprovalDecider.SetRefund(
        state!, command.Reference, command.Outcome, command.By, command.Why, command.Evidence, now)];

    public static Events Handle(ResolveByOperator command, Preapproval? state, MethodProfiles profiles, DateTimeOffset now) => [.. PreapprovalDecider.SetOutcome(
        state!, command.MerchantTransactionId, command.Outcome, command.By, command.Why, command.Evidence, now, profiles)];
}
