using System.Diagnostics.Metrics;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting.Streams;

/// <summary>Counts what this node has recorded of charges, and of differences with the gateway.</summary>
public sealed class RecordedOutcomes
{
    private readonly Counter<long> charges;
    private readonly Counter<long> drift;

    public RecordedOutcomes(IMeterFactory meters)
    {
        var meter = meters.Create(BillingMeter.Name);
        charges = meter.CreateCounter<long>(
            "billing.charges", "{outcome}",
            "Recorded outcomes of charges: charged, failed, pending, unknown or stopped, repeated ones too.");
        drift = meter.CreateCounter<long>(
            "billing.drift", "{difference}", "Differences with the gateway, by change: found or healed.");
    }

    public void Count(IReadOnlyList<PreapprovalEvent> events)
    {
        foreach (var @event in events)
        {
            if (OutcomeOf(@event) is { } outcome)
            {
                charges.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
            }

            if (@event is DriftFound or DriftHealed)
            {
                var (change, fields) = @event is DriftFound found
                    ? ("found", found.Fields.Count)
                    : ("healed", ((DriftHealed)@event).Fields.Count);
                drift.Add(fields, new KeyValuePair<string, object?>("change", change));
            }
        }
    }

    private static string? OutcomeOf(PreapprovalEvent @event) => @event switch
    {
        PaymentCharged => "charged",
        PaymentFailed => "failed",
        PaymentPending => "pending",
        PaymentOutcomeUnknown => "unknown",
        ChargeStopped => "stopped",
        _ => null,
    };
}
