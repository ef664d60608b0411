using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>The state of a close and of what it met, from events alone.</summary>
/// <param name="Standing">not_asked, under_way, unknown, refused or closed.</param>
/// <param name="Requests">How often the merchant asked; the receipt is of the last time.</param>
/// <param name="Asked">The merchant's wish; null where the customer closed at the gateway.</param>
/// <param name="Ended">The confirmation or the refusal; null while there is none.</param>
/// <param name="Unknown">The last event while the outcome is unknown.</param>
/// <param name="Charges">Each charge in flight at that moment, and any that took money afterwards.</param>
/// <param name="RetriesEnded">Due dates whose retries ended with the close.</param>
public sealed record CloseReceipt(
    string Standing, int Requests, ClosedBy? ClosedBy, TimelineEvent? Asked, TimelineEvent? Ended,
    MandateOutcomeUnknown? Unknown, IReadOnlyList<ClosedCharge> Charges, IReadOnlyList<DateOnly> RetriesEnded,
    IReadOnlyList<string> Sentences)
{
    public static CloseReceipt Of(IReadOnlyList<TimelineEvent> stream)
    {
        var closed = stream.LastOrDefault(one => one.Event is PreapprovalClosed);
        var asked = closed is { Event: PreapprovalClosed { By: Preapprovals.ClosedBy.Customer } }
            ? null
            : stream.LastOrDefault(one => one.Event is CloseRequested);

        if ((asked ?? closed) is not { } moment)
        {
            return new(
                "not_asked", 0, null, null, null, null, [], [],
                ["No close was asked for, and the gateway has not said that it is closed."]);
        }

        var after = stream.SkipWhile(one => one.Version <= moment.Version).ToList();
        var ended = closed ?? after.FirstOrDefault(one => one.Event is CloseFailed);
        var unknown = ended is null
            ? after.Select(one => one.Event).OfType<MandateOutcomeUnknown>()
                .LastOrDefault(e => e.Operation is MandateOperation.Close)
            : null;
        var sameCommit = after.TakeWhile(one => one.Event is ChargeStopped or RetriesExhausted);
        var (charges, retries) = (
            ChargesOf(stream, moment, after),
            sameCommit.Select(one => one.Event).OfType<RetriesExhausted>().Select(e => e.Period.DueOn).ToList());

        return new(
            (ended?.Event, unknown) switch
            {
                (PreapprovalClosed, _) => "closed",
                (CloseFailed, _) => "refused",
                (_, not null) => "unknown",
                _ => "under_way",
            },
            stream.Count(one => one.Event is CloseRequested), (closed?.Event as PreapprovalClosed)?.By, asked, ended,
            unknown, charges, retries,
            [
                .. Course(asked, ended, unknown), .. charges.Select(charge => charge.Sentence),
                .. retries.Select(dueOn => $"No retry of {Text.Day(dueOn)} will come.")
            ]);
    }

    private static List<ClosedCharge> ChargesOf(
        IReadOnlyList<TimelineEvent> stream, TimelineEvent moment, List<TimelineEvent> after)
    {
        var (before, now) = (
            TimelineEvent.Fold(stream.TakeWhile(one => one.Version < moment.Version))!, TimelineEvent.Fold(stream)!);
        var takenLater = after.Where(one => one.Event is PaymentCharged).Select(one => one.MerchantTransactionId)
            .ToHashSet();

        return [.. before.Charges.Values
            .Where(charge =>
                charge.IsUnsettled || charge.State is MoneyState.Pending
                    || takenLater.Contains(charge.Id.MerchantTransactionId))
            .OrderBy(charge => charge.RequestedAt)
            .ThenBy(charge => charge.Id.MerchantTransactionId, StringComparer.Ordinal)
            .Select(charge => new ClosedCharge(
                charge,
                AtClose(
                    charge, after.Find(one => one.MerchantTransactionId == charge.Id.MerchantTransactionId)?.Event),
                now.Charges[charge.Id.MerchantTransactionId].State,
                after.LastOrDefault(one => one.MerchantTransactionId == charge.Id.MerchantTransactionId)))];
    }

    // A charge that is stopped before anything else is learnt of it was not sent: only the close itself and the process
    // that would have sent it record that, also after the gateway has confirmed the close.
    private static string AtClose(Charge charge, PreapprovalEvent? next) => (charge.State, next) switch
    {
        (MoneyState.Unknown, _) => "unknown",
        (_, ChargeStopped { SendAgainAt: null }) => "stopped",
        _ => "too_late",
    };

    private static IEnumerable<string> Course(
        TimelineEvent? asked, TimelineEvent? ended, MandateOutcomeUnknown? unknown)
    {
        if (asked is not null)
        {
            yield return "The close was asked for at "
                + $"{Text.At(asked.HappenedAt)}{Text.By(asked.By)}; from then on nothing new was sent.";
        }

        yield return (ended?.Event, unknown) switch
        {
            (PreapprovalClosed { By: Preapprovals.ClosedBy.Customer } e, _) =>
                $"The customer closed it at the gateway; we learnt it at {Text.At(e.HappenedAt)} "
                + $"{Text.Learnt(e.LearntFrom)}.",
            (PreapprovalClosed { LearntFrom: LearntFrom.Operator } e, _) =>
                $"It counts as closed since {Text.At(e.HappenedAt)} by a decision of an operator; "
                    + "the gateway gave no answer.",
            (PreapprovalClosed e, _) =>
                $"The gateway confirmed it; we learnt it at {Text.At(e.HappenedAt)} {Text.Learnt(e.LearntFrom)}.",
            (CloseFailed { Code: PreapprovalDecider.SetByOperator } e, _) =>
                $"By a decision of an operator at {Text.At(e.HappenedAt)} it is not closed, and charges go on; "
                    + "the gateway gave no answer.",
            (CloseFailed e, _) =>
                $"The gateway refused it at {Text.At(e.HappenedAt)} with code {e.Code}: it "
                + "is not closed, and charges go on.",
            (_, { } e) =>
                $"Whether the gateway has closed it is unknown ({Text.Words(e.Symptom)}, {Text.At(e.HappenedAt)}): "
                + $"{Text.Next(e.NextLookUpAt, e.Owner)}.",
            _ => "The gateway has not answered yet.",
        };
    }
}

/// <summary>What a close did to one charge.</summary>
/// <param name="Then">Its state when the close came.</param>
/// <param name="AtClose">
/// stopped: never sent; too_late: it was on its way or with the provider; unknown: its outcome was not known.
/// </param>
/// <param name="Now">What is known by now.</param>
/// <param name="Last">The last word about it since, or null.</param>
public sealed record ClosedCharge(Charge Then, string AtClose, MoneyState Now, TimelineEvent? Last)
{
    public string Sentence => (AtClose, Now) switch
    {
        ("stopped", MoneyState.Stopped) => $"{Text.Charge(Then)} was stopped before it was sent.",
        ("stopped", _) => $"{Text.Charge(Then)} was stopped, yet {Became}",
        ("unknown", MoneyState.Unknown) => $"{Text.Charge(Then)} was of unknown outcome, and still is: {StillUnknown}.",
        ("unknown", _) => $"{Text.Charge(Then)} was of unknown outcome; {Became}",
        (_, MoneyState.Unknown) =>
            $"{Text.Charge(Then)} was too late to stop, and its outcome is unknown: {StillUnknown}.",
        (_, MoneyState.Requested) => $"{Text.Charge(Then)} was too late to stop; its outcome is awaited.",
        (_, MoneyState.Pending) when Last is null =>
            $"{Text.Charge(Then)} was with the provider already, which has not decided yet.",
        _ => $"{Text.Charge(Then)} was too late to stop; {Became}",
    };

    private string Became => Now switch
    {
        MoneyState.Charged => $"the money was taken{Since}.",
        MoneyState.Failed => $"it failed{Since}, and no money was taken.",
        MoneyState.Stopped => $"it turned out never to have reached the gateway{Since}.",
        MoneyState.Pending => $"the provider has it and has not decided{Since}.",
        _ => $"it is in flight{Since}.",
    };

    private string Since => Last is null ? "" : $" ({Text.At(Last.HappenedAt)}{Source(Last)})";

    private static string Source(TimelineEvent last) =>
        last.Event is PaymentEvent e ? $", {Text.Learnt(e.LearntFrom)}" : Text.By(last.By);

    private string StillUnknown =>
        Last?.Event is PaymentOutcomeUnknown e
            ? Text.Next(e.NextLookUpAt, e.Owner)
            : Text.Next(Then.NextLookUpAt, null);
}
