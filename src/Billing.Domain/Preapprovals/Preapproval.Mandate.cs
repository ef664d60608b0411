using System.Collections.Immutable;
using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <remarks>Folds of the mandate's own events.</remarks>
public sealed partial record Preapproval
{
    private Preapproval After(PreapprovalRegistered e) => this with
    {
        Status = Status is PreapprovalStatus.Requested ? PreapprovalStatus.Pending : Status,
        Gateway = WithOurStatus(e.Gateway),
        Terms = Merge(e.Terms),
        Personal = Merge(e.Personal),
        CreateAnswered = CreateAnswered || e.LearntFrom is not LearntFrom.Notification,
        Unsettled = Unsettled?.Operation is MandateOperation.Create ? null : Unsettled,
    };

    private Preapproval After(PreapprovalOpened e) => this with
    {
        Status = Status is PreapprovalStatus.Closing ? Status : PreapprovalStatus.Open,
        OpenedAt = OpenedAt ?? e.HappenedAt,
        Gateway = Gateway is null ? null : Gateway with { StatusId = e.StatusId, StatusInfo = e.StatusInfo },
        Personal = Personal is null
            ? null
            : Personal with { MandateReference = e.MandateReference ?? Personal.MandateReference },
    };

    private Preapproval After(ChangeRequested e) => this with
    {
        Unsettled = Unsettled.Begun(
            MandateOperation.Change, e.Terms, e.Personal, e.Schedule, e.HappenedAt, e.WindowStart),
        LastRefusal = null,
    };

    private Preapproval After(PreapprovalChanged e) => this with
    {
        Gateway = WithOurStatus(e.Gateway),
        Terms = Merge(e.Terms),
        Personal = Merge(e.Personal),
        AskedSchedule = Unsettled?.Schedule ?? AskedSchedule,
        Unsettled = Unsettled?.Operation is MandateOperation.Change ? null : Unsettled,
    };

    private Preapproval After(CloseRequested e) => this with
    {
        Status = PreapprovalStatus.Closing,
        Unsettled = Unsettled.Begun(MandateOperation.Close, null, null, null, e.HappenedAt, e.WindowStart),
        LastRefusal = null,
    };

    private Preapproval After(CloseFailed e) => Refused(MandateOperation.Close, e.Code, e.ReasonText) with
    {
        Status = OpenedAt is null ? PreapprovalStatus.Pending : PreapprovalStatus.Open,
        EndedByClose = ImmutableSortedDictionary<DateOnly, int>.Empty,
    };

    private Preapproval After(PreapprovalClosed e) => this with
    {
        Status = PreapprovalStatus.Closed,
        ClosedAt = e.HappenedAt,
        ClosedBy = e.By,
        Planned = null,
        Unsettled = null,
        Gateway = Gateway is null ? null : Gateway with { StatusId = e.StatusId, StatusInfo = e.StatusInfo },
    };

    private Preapproval Refused(MandateOperation operation, string code, Sealed<string>? text) =>
        this with { Unsettled = null, LastRefusal = new(operation, code, text) };

    private Preapproval WithCall(MandateOperation operation, Func<OutboundCall, OutboundCall> change) =>
        Unsettled is { } unsettled && unsettled.Operation == operation
            ? this with { Unsettled = unsettled with { Call = change(unsettled.Call) } }
            : this;

    // The status moves by rank, in events of its own: an answer overtaken by a notification must not lower it.
    private GatewayMandate WithOurStatus(GatewayMandate stated) =>
        Gateway is { StatusId: { } known } ours
            ? stated with
            {
                StatusId = known,
                StatusInfo = ours.StatusInfo,
                Frequency = stated.Frequency ?? ours.Frequency,
            }
            : stated;

    /// <summary>The same once a change of its terms is done.</summary>
    internal Preapproval Stating(MandateTerms terms) => this with { Terms = Merge(terms) };

    private MandateTerms Merge(MandateTerms stated) => stated with
    {
        MethodId = stated.MethodId == 0 ? Terms.MethodId : stated.MethodId,
        MethodOptionId = stated.MethodOptionId ?? Terms.MethodOptionId,
        Description = stated.Description ?? Terms.Description,
        Currency = stated.Currency ?? Terms.Currency,
        MaximumAmountHundredths = stated.MaximumAmountHundredths ?? Terms.MaximumAmountHundredths,
        RecurringPeriod = stated.RecurringPeriod ?? Terms.RecurringPeriod,
        ExecutionDate = stated.ExecutionDate ?? Terms.ExecutionDate,
        Country = stated.Country ?? Terms.Country,
    };

    // Null means "not stated": an answer that leaves a part out does not take it away.
    private MandatePersonal? Merge(MandatePersonal? stated) => (stated, Personal) switch
    {
        (null, var known) => known,
        (var fresh, null) => fresh,
        var (fresh, known) => new MandatePersonal(
            fresh.Customer ?? known.Customer,
            fresh.BillingAddress ?? known.BillingAddress,
            fresh.ReturnUrl ?? known.ReturnUrl,
            fresh.RedirectUrl ?? known.RedirectUrl,
            fresh.MandateReference ?? known.MandateReference,
            fresh.Details ?? known.Details),
    };
}
