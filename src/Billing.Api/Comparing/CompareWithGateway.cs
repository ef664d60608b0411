using Billing.Api.Sites;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Messaging;

namespace Billing.Api.Comparing;

// What the walk has asked is decided here, in the stream, by the same rules as any other news. Never rows: answers may name people.

/// <param name="Seen">The status that our books held when the gateway was asked.</param>
public sealed record CompareMandate(
    string Tenant, Guid PreapprovalId, PreapprovalStatus Seen, MandateAnswer Answer, IReadOnlyList<Difference> Differences, IReadOnlyList<string> Agreeing, bool Heal);

/// <param name="Seen">The state that our books held when the gateway was asked.</param>
/// <param name="Listed">The amount that the list showed.</param>
public sealed record CompareCharge(string Tenant, Guid PreapprovalId, MoneyState Seen, ChargeNews News, Money? Listed, bool Heal);

public static class CompareHandler
{
    public static Events Handle(CompareMandate command, Preapproval? state, SiteRegister sites, DateTimeOffset now) => [.. PreapprovalDecider.CompareMandate(
        state!, command.Seen, command.Answer, command.Differences, command.Agreeing, command.Heal, sites.CalendarOf(command.Tenant), now)];

    public static Events Handle(CompareCharge command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now) =>
        [.. PreapprovalDecider.CompareCharge(state!, command.Seen, command.News, command.Listed, command.Heal, lookUps, now)];
}
