using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Specs;
using static Billing.Domain.Tests.Specs.A;
using Decider = Billing.Domain.Preapprovals.PreapprovalDecider;

namespace Billing.Domain.Tests.Properties;

/// <summary>Snapshots as the event store writes and reads them.</summary>
internal static class Snapshots
{
    // Monthly from March 2026 on, each paid; with failures, every third one at its second attempt.
    public static (Preapproval Full, Preapproval Snapshot) Months(
        int count, bool withFailures, MandateTerms? terms = null)
    {
        var rich = terms ?? new MandateTerms(
            "subscription-2026-000001", 46, 12, "Monthly plan with every channel", "BRL", 999900, 30, "20260331", "BR");
        var schedule = Monthly with
        {
            TimeZone = "America/Sao_Paulo",
            EndsOn = new(2060, 1, 1),
            Periods = 1000,
            CatchUp = CatchUp.BillAll
        };
        Preapproval? full = null, snapshot = null;
        var (now, payment) = (new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), 70000000);

        Add(
            Requested(schedule) with { Terms = rich },
            Registered() with
            {
                Terms = rich,
                Gateway = new(GatewayId, "20260301115900", 30201, 1, "Pending", "Monthly")
            },
            Opened(), Set(schedule), new DueTimeSet(Id, 1, 43200000, new(2026, 3, 1), Noon));

        for (var month = 0; month < count; month++, now = now.AddMonths(1))
        {
            Add(Decider.ChargeDue(full!, now.AddHours(6), Window));

            if (withFailures && month % 3 == 0)
            {
                var failed = full!.InFlight!.Id;
                Add(RecordOutcome(full, Paid(failed, PaymentStatus.Failed), LookUps, now));
                Add(Decider.RequestRetry(full, failed.Period!.Value, 2, now.AddDays(1), Window));
            }

            Add(RecordOutcome(full!, Paid(full!.InFlight!.Id, PaymentStatus.Charged), LookUps, now));
        }

        return (full!, snapshot!);

        void Add(params PreapprovalEvent[] events)
        {
            full = events.Aggregate(full, Preapproval.Fold);
            snapshot = events.Aggregate(snapshot, (state, e) => Stored(Preapproval.FoldSnapshot(state, e)));
        }

        ChargeUpdate Paid(ChargeId id, PaymentStatus status)
        {
            var shown = ((ChargeResult.Confirmed)Confirmed(
                status, status is PaymentStatus.Failed ? "119" : null)).Value;

            return Answer(
                id, new ChargeResult.Confirmed(shown with { Gateway = shown.Gateway with { PaymentId = ++payment } }));
        }
    }

    public static Preapproval Stored(Preapproval snapshot) => Read<Preapproval>(Text(snapshot));

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options)!;

    private static readonly JsonSerializerOptions Options = Configured();

    // As the event store's serializer is set up, which knows other types too.
    private static JsonSerializerOptions Configured()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        StoredEvents.Configure(options);

        return options;
    }
}
