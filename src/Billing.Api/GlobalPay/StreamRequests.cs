using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.GlobalPay;

/// <summary>What a call started, or joined.</summary>
/// <param name="FromVersion">The stream's version before what the call asked for was written: its answer lies after it.</param>
public sealed record Started(StreamKey Key, long FromVersion, string? MerchantTransactionId);

/// <summary>Writes what a storefront asked for, once per RequestId, and finds its answer in the stream again.</summary>
/// <remarks>An answer is folded from the events that settled it, so that a repeat meets the same one, on every node and after every restart.</remarks>
public sealed class StreamRequests(NpgsqlDataSource books, EventStore.EventStore store, MessageBus bus, TimeProvider clock, Settings settings, Subscribing.CustomerIndex customers)
{
    private const string RequestIdTaken = "pkey_request_ids";
    private const int MostConflicts = 10;

    /// <summary>A decision on the stream's state: events and messages. Null: what was asked for is there already, so that nothing is written and the caller looks again.</summary>
    public delegate (Events Events, OutgoingMessages Messages)? Decision(Preapproval? state, DateTimeOffset now);

    /// <summary>Finds what an earlier call with this RequestId started.</summary>
    /// <param name="fingerprint">Of method, path and body: see <see cref="GlobalPayCall.Fingerprint"/>.</param>
    /// <exception cref="RuleViolation">2: the RequestId came with another request before.</exception>
    public async Task<Started?> EarlierAsync(string tenant, string? requestId, byte[] fingerprint, CancellationToken ct)
    {
        if (requestId is null)
        {
            return null;
        }

        await using var command = books.CreateCommand(
            "select fingerprint, preapproval_id, from_version, merchant_transaction_id from request_ids where tenant_id = $1 and request_id = $2");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = requestId });
        await using var row = await command.ExecuteReaderAsync(ct);

        if (!await row.ReadAsync(ct))
        {
            return null;
        }

        return row.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(fingerprint)
            ? new Started(new StreamKey(tenant, row.GetGuid(1)), row.GetInt64(2), await row.IsDBNullAsync(3, ct) ? null : row.GetString(3))
            : throw new RuleViolation("2", "Validation failed: this RequestId was used before for another request. Use a new RequestId for a new request.");
    }

    /// <summary>What an earlier call with this RequestId started, or else what another call has under way.</summary>
    /// <param name="join">Looks for the same wish of another call; refuses where it finds a different one.</param>
    /// <exception cref="RuleViolation">2: the RequestId came with another request before. Or what <paramref name="join"/> refuses.</exception>
    public async Task<Started?> FindAsync(string tenant, string? requestId, byte[] fingerprint, Func<Task<Started?>> join, CancellationToken ct)
    {
        if (await EarlierAsync(tenant, requestId, fingerprint, ct) is { } earlier)
        {
            return earlier;
        }

        try
        {
            return await join();
        }
        catch (RuleViolation)
        {
            // A twin with this RequestId may have been written, and settled, between the two looks.
            if (await EarlierAsync(tenant, requestId, fingerprint, ct) is { } twin)
            {
                return twin;
            }

            throw;
        }
    }

    /// <summary>Decides and writes, together with the RequestId.</summary>
    /// <param name="email">The customer's, for the index; null where the call carries none.</param>
    /// <returns>Null when it is there already, or when somebody took the RequestId or a reserved id at this very moment: look again.</returns>
    public async Task<Started?> StartAsync(StreamKey key, string? requestId, byte[] fingerprint, string? merchantTransactionId, Decision decide, CancellationToken ct, string? email = null)
    {
        for (var conflicts = 0; conflicts < MostConflicts; conflicts++)
        {
            try
            {
                return await TryAsync(key, requestId, fingerprint, merchantTransactionId, email, decide, ct);
            }
            catch (Exception e) when (e is StreamConflictException or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure })
            {
                // Somebody else was first: decide again from the top.
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation
                && e.ConstraintName is RequestIdTaken or Subscribing.Reservations.MerchantPreapprovalIdTaken or Subscribing.Reservations.MerchantTransactionIdTaken
                    or Subscribing.Reservations.RefundReferenceTaken)
            {
                return null;
            }
        }

        throw new StreamConflictException("This preapproval is too busy; try again.");
    }

    /// <summary>Waits for the first commit after the request that settles it.</summary>
    /// <param name="suffices">Answers a caller as long as nothing better follows: what a repeat still meets only where the stream ends there.</param>
    /// <returns>The unsealed state that this commit settled on, or null when <see cref="Settings.AnswerWithin"/> has passed first.</returns>
    public async Task<Preapproval?> SettledAsync(Started started, Func<Preapproval, bool> isSettled, CancellationToken ct, Func<Preapproval, bool>? suffices = null)
    {
        var until = TimeProvider.System.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);

        while (true)
        {
            var events = await store.ReadStreamAsync(started.Key, unseal: true, ct: ct);
            var (settled, last) = Fold(events, started.FromVersion, isSettled);

            if (settled is not null)
            {
                return settled;
            }

            if (events.Count > 0 && events[^1].Version > started.FromVersion && suffices?.Invoke(last!) is true)
            {
                return last;
            }

            if (TimeProvider.System.GetElapsedTime(until) > settings.AnswerWithin)
            {
                return null;
            }

            await Task.Delay(pause, ct);
            pause = TimeSpan.FromMilliseconds(Math.Min(100, pause.TotalMilliseconds * 1.5));
        }
    }

    // One answer of the gateway may say several things: a change sets its schedule after the event that settles it, in the same commit.
    // The answer shows all of it, up to where that commit begins something new.
    private static (Preapproval? Settled, Preapproval? Last) Fold(IReadOnlyList<Recorded> events, long fromVersion, Func<Preapproval, bool> isSettled)
    {
        Preapproval? state = null, settled = null;
        Recorded? by = null;

        foreach (var recorded in events)
        {
            state = Preapproval.Evolve(state, (PreapprovalEvent)recorded.Data);
            var isSo = recorded.Version > fromVersion && isSettled(state) && (by is null || (by.Timestamp == recorded.Timestamp && by.CausationId == recorded.CausationId));

            if (isSo)
            {
                (settled, by) = (state, by ?? recorded);
            }
            else if (by is not null)
            {
                break;
            }
        }

        return (settled, state);
    }

    private async Task<Started?> TryAsync(StreamKey key, string? requestId, byte[] fingerprint, string? merchantTransactionId, string? email, Decision decide, CancellationToken ct)
    {
        var metadata = new Metadata(CorrelationId: requestId, CausationId: requestId, UserName: $"storefront-{key.Tenant}");

        await using var session = await store.OpenSessionAsync(ct);
        var stream = await session.FetchForWritingAsync(key, ct);
        var from = stream.Version;

        if (decide((Preapproval?)stream.State, clock.GetUtcNow()) is not var (events, messages))
        {
            return null;
        }

        session.Append(stream, events, metadata);
        bus.EnqueueIn(session, [.. messages.Cast<Outgoing>()], metadata);

        if (!stream.IsForgotten)
        {
            customers.Write(session.Also, key, email);
        }

        if (requestId is not null)
        {
            session.Also.Add(
                "insert into request_ids (tenant_id, request_id, fingerprint, preapproval_id, from_version, merchant_transaction_id) values ($1, $2, $3, $4, $5, $6::varchar)",
                key.Tenant, requestId, fingerprint, key.Id, from, merchantTransactionId);
        }

        await session.CommitAsync(ct);

        return new Started(key, from, merchantTransactionId);
    }
}
