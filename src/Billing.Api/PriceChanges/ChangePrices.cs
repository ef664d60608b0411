using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Gateway.Translation;
using Marten;
using Npgsql;

namespace Billing.Api.PriceChanges;

/// <summary>Goes on with a change of many prices by one page of subscriptions. In memory only.</summary>
public sealed record ChangePrices(Guid Id);

/// <param name="Change">As it is now; null: another node is at it, or there is no such change.</param>
public sealed record ChangedPrices(PriceChange? Change);

public static partial class ChangePricesHandler
{
    public static async Task<ChangedPrices> Handle(
        ChangePrices command, IDocumentSession session, PriceChangeRows rows, PreapprovalStreams streams,
        SiteRegister sites, MethodProfiles profiles, WireMoney money, BusinessClock clock, ChargingOptions options,
        Failpoints failpoints, ILogger<ChangePrices> log, CancellationToken ct)
    {
        if (await PriceChangeRows.LockAsync(session, command.Id, ct) is not { } change)
        {
            return new ChangedPrices(null);
        }

        if (!change.IsUnderWay)
        {
            return new ChangedPrices(change);
        }

        var counts = change.Counts;

        if (change.After == Guid.Empty)
        {
            counts = counts with { Total = await rows.CountAsync(session, change, ct) };
            session.DeleteWhere<PriceChangeRefusal>(refusal => refusal.PriceChangeId == change.Id);
        }

        var ids = await rows.NextAsync(session, change, options.PageSize, ct);
        counts = await PageAsync(session, streams, change, ids, counts, Decide, log, ct);
        var next = change.Advanced(counts, ids.Count < options.PageSize ? null : ids[^1]);
        session.Store(next);
        failpoints.Reach($"price_change_{change.State.ToString().ToLowerInvariant()}:committing");

        return new ChangedPrices(next);

        // Of what is not on the wire in whole hundredths nothing is planned.
        IReadOnlyList<PreapprovalEvent> Decide(Preapproval state)
        {
            var now = clock.GetUtcNow();

            if (change.State is PriceChangeState.Cancelling)
            {
                return PreapprovalDecider.CancelPriceChange(state, change.Id, now);
            }

            var events = PreapprovalDecider.ChangePrice(
                state, change.Terms, change.Id, sites.CalendarOf(session.TenantId), now, profiles);

            if (events.Length > 0)
            {
                var schedule = state.At(now).Schedule!;
                money.ChargeToWire(new Money(change.Terms.PriceOf(schedule), schedule.Amount.Currency));
            }

            return events;
        }
    }

    // A dry run takes no locks: it holds up no charge.
    private static async Task<PriceChangeCounts> PageAsync(
        IDocumentSession session, PreapprovalStreams streams, PriceChange change, IReadOnlyList<Guid> ids,
        PriceChangeCounts counts, Func<Preapproval, IReadOnlyList<PreapprovalEvent>> rule, ILogger log,
        CancellationToken ct)
    {
        var source = new EventSource(change.By, change.Cause);
        var locked = change.State is PriceChangeState.Checking
            ? (await session.LoadManyAsync<Preapproval>(ct, [.. ids]))
                .Select(state => new LockedPreapproval(state.Id, state, state.Version)).ToArray()
            : [.. (await streams.LockAsync(session, ids, ct)).Values];

        foreach (var stream in locked)
        {
            var before = stream.State;

            try
            {
                var events = await streams.DecideAsync(session, stream, state => rule(state!), source, ct);
                counts = events.Count == 0 ? counts.WithUnchanged()
                    : change.State is PriceChangeState.Cancelling ? counts.WithTakenBack()
                    : Changed(counts, change, before!, events);
            }
            catch (RuleViolation refusal)
            {
                Refuse(stream.Id, refusal.Code, refusal.Message);
            }
#pragma warning disable CA1031 // One preapproval that cannot be decided must not keep the others from being changed.
            catch (Exception e) when (e is not (NpgsqlException or OperationCanceledException))
#pragma warning restore CA1031
            {
                NotDecided(log, e, stream.Id);
                Refuse(
                    stream.Id, "not_decided",
                    "The subscription could not be read. `./billing audit verify` names the difference.");
            }
        }

        if (change.State is not PriceChangeState.Checking)
        {
            await streams.AppendAsync(session, locked, ct);
        }

        return counts;

        void Refuse(Guid subscription, string code, string reason)
        {
            counts = counts.WithRefused(code);
            session.Store(new PriceChangeRefusal
            {
                Id = DerivedId.Of("price_change_refusal", $"{change.Id:N}", $"{subscription:N}"),
                PriceChangeId = change.Id, SubscriptionId = subscription, Code = code, Reason = reason,
            });
        }
    }

    // The schedule in force at the time of the events.
    private static PriceChangeCounts Changed(
        PriceChangeCounts counts, PriceChange change, Preapproval before, IReadOnlyList<PreapprovalEvent> events)
    {
        var schedule = before.At(events[0].HappenedAt).Schedule!;

        return counts.WithChanged(schedule, change.Terms.PriceOf(schedule));
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The price of preapproval {PreapprovalId} could not be changed; the change goes on without it")]
    private static partial void NotDecided(ILogger log, Exception e, Guid preapprovalId);
}
