using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;

namespace Billing.Api.Charges;

/// <summary>
/// Has an unpaid period charged again without waiting for its next retry. <see cref="ChargeRetries"/> sends it, after a
/// look-up of every earlier attempt.
/// </summary>
public sealed class RetriesNow(PreapprovalDecisions decisions, MethodProfiles profiles, BusinessClock clock)
{
    /// <param name="dueOn">Null: the oldest unpaid period.</param>
    /// <exception cref="RuleViolation">
    /// What <see cref="PreapprovalDecider.RetryNow"/> refuses, or precondition_failed.
    /// </exception>
    public Task<Decided> RequestAsync(
        string site, Guid id, DateOnly? dueOn, EventSource source, IfMatch? ifMatch = null) =>
        decisions.DecideAsync(
            site, id, source, state => PreapprovalDecider.RetryNow(state!, dueOn, clock.GetUtcNow(), profiles),
            "retry_now", ifMatch: ifMatch);
}
