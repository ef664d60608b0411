using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    private static readonly TimeSpan CreatedBeforeIntent = TimeSpan.FromDays(1);

    /// <summary>What the gateway's answer or a look-up says of our create.</summary>
    /// <param name="update">
    /// Of a look-up, <c>Confirmed</c> is a mandate with our MerchantPreapprovalID, read by its own id. <c>Duplicate</c>
    /// must have been
    /// looked up already: <see cref="MandateUpdate.Found"/>; when that could not be asked, pass <c>Unknown</c>.
    /// </param>
    public static PreapprovalEvent[] RecordCreate(
        Preapproval state, MandateUpdate update, LookUpPolicy lookUps, SiteCalendar site, DateTimeOffset now,
        DateTimeOffset windowStart)
    {
        if (state.Unsettled is not { Operation: MandateOperation.Create, Call: var call })
        {
            return update.Answer is MandateResult.Confirmed late
                ? RecordMandate(state, late.Value, update.Differences ?? [], update.From, site, now)
                : [];
        }

        return update.Answer switch
        {
            MandateResult.Confirmed made when update.From is LearntFrom.Answer =>
                RecordMandate(state, made.Value, [], update.From, site, now),
            MandateResult.Confirmed found when MayAdopt(AsUnknown(state), found.Value, update.Differences ?? []) =>
                Adopted(found.Value),
            MandateResult.Refused refused => [new PreapprovalRefused(state.Id, refused.Code, refused.Text, now)],
            _ when call.State is OutboundState.NotSent || update.IsOfAnotherSend(call) => [],
            MandateResult.Confirmed => [Owned(state, "mismatch", update.From, lookUps, now)],
            MandateResult.Duplicate when update.Found is { } found
                && MayAdopt(state, found, update.Differences ?? []) => Adopted(found),
            MandateResult.Duplicate when IsFirstSend(call) => [new PreapprovalRefused(state.Id, "109", null, now)],
            MandateResult.Duplicate => [Owned(state, "duplicate", update.From, lookUps, now)],
            MandateResult.NotFound => CreateNotFound(state, call, update, lookUps, now, windowStart),
            MandateResult.Unknown unknown => [StillUnknown(state, unknown.Symptom, update.From, lookUps, now)],
            MandateResult.NotSent notSent when update.From is LearntFrom.Answer =>
                NotSent(state, OutboundOperation.Create, "", notSent.Symptom, notSent.Wait, now),
            _ => [],
        };

        PreapprovalEvent[] Adopted(MandateSnapshot mandate) =>
            RecordMandate(state, mandate, update.Differences ?? [], LearntFrom.LookUp, site, now);
    }

    /// <summary>
    /// Whether a mandate that the gateway has under our MerchantPreapprovalID may be taken for the one that we asked
    /// for.
    /// </summary>
    /// <param name="snapshot">Read by its own id, with the customer.</param>
    /// <param name="differences"><inheritdoc cref="MandateUpdate" path="/param[@name='Differences']"/></param>
    public static bool MayAdopt(Preapproval state, MandateSnapshot snapshot, IReadOnlyList<Difference> differences)
    {
        // What is open or closed was approved by a customer: only by one whom we sent there.
        var isPlausible = snapshot.Status is MandateStatus.Pending
            || (snapshot.Status is not null && state.Unsettled is { Call: var call } && !IsFirstSend(call));
        var (ours, theirs) = (state.Terms, snapshot.Terms);

        return isPlausible
            && !state.IsForgotten
            && snapshot.Personal.Customer?.Value is { Email: not null }
            && !differences.Any(one =>
                one.Field is "customer.email" or "billing_address.country" or "method_id" or "currency"
                    or "maximum_amount")
            && ours.MethodId == theirs.MethodId
            && ours.Currency == theirs.Currency
            && (ours.MaximumAmountHundredths ?? 0) == (theirs.MaximumAmountHundredths ?? 0)
            && string.Equals(ours.Country, theirs.Country, StringComparison.OrdinalIgnoreCase)
            && WasCreatedFor(state, snapshot.Gateway.Created);
    }

    // Fourteen digits of an unknown zone: within a day they prove nothing against it.
    private static bool WasCreatedFor(Preapproval state, string? created) =>
        DateTimeOffset.TryParseExact(
            created, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && at >= state.RequestedAt - CreatedBeforeIntent;

    // Nothing of ours can be at the gateway but what this send has made.
    private static bool IsFirstSend(OutboundCall call) => call is { State: OutboundState.Requested, Sends: 1 };

    // A look-up of a call whose process died: it may have been sent.
    private static Preapproval AsUnknown(Preapproval state) => state with
    {
        Unsettled = state.Unsettled! with { Call = state.Unsettled.Call with { State = OutboundState.Unknown } },
    };

    // A bounded list that does not show it proves little, but a second create is refused with 109.
    private static PreapprovalEvent[] CreateNotFound(
        Preapproval state, OutboundCall call, MandateUpdate update, LookUpPolicy policy, DateTimeOffset now,
        DateTimeOffset windowStart) =>
        NotFoundTable.Of(call, update.AskedAt, policy, now) switch
        {
            AfterNotFound.AskAgain => [StillUnknown(state, "not_found_yet", update.From, policy, now)],
            AfterNotFound.SendAgain when state.IsForgotten =>
            [
                Owned(state, CustomerForgotten, update.From, policy, now)
            ],
            AfterNotFound.SendAgain => [new MandateCallResent(state.Id, MandateOperation.Create, windowStart, now)],
            _ => [Owned(state, "never_arrives", update.From, policy, now)],
        };
}
