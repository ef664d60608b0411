using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Streams;
using Billing.Api.Mandates;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.GlobalPayApi;

/// <summary>Stores what a storefront asked for, once per RequestId, and finds its answer in the stream again.</summary>
/// <remarks>An answer is folded from the events that settled it, so a repeat gets the same one on every node.</remarks>
public sealed partial class StreamRequests(
    IDocumentStore store, PreapprovalStreams streams, PreapprovalDecisions decisions, OutboundGate gate,
    CustomerIndex customers, BusinessClock clock, TimeProvider realTime, ChargingOptions options,
    ILogger<StreamRequests> log)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Decides on the stream's state; no events mean that there is nothing left to do.</summary>
    public delegate IReadOnlyList<PreapprovalEvent> Decision(
        Preapproval? state, DateTimeOffset now, DateTimeOffset windowStart);

    /// <summary>Sends what was committed and records the outcome.</summary>
    /// <returns>The opened state with the outcome; null where it has to be read.</returns>
    public delegate Task<Preapproval?> Sender(SendWindow window, Decided decided);

    /// <summary>For a sender after which the outcome is read from the stream.</summary>
    public static async Task<Preapproval?> WithoutOutcome(Task sending)
    {
        await sending;

        return null;
    }

    /// <summary>What an earlier call with this RequestId started, or else what another call has under way.</summary>
    /// <param name="join">Looks for the same request of another call; refuses where it finds a different one.</param>
    /// <exception cref="RuleViolation">
    /// 2: the RequestId was used for another request; or <paramref name="join"/> refuses.
    /// </exception>
    public async Task<Started?> FindAsync(
        string site, string? requestId, byte[] fingerprint, Func<Task<Started?>> join, CancellationToken ct)
    {
        if (await EarlierAsync(site, requestId, fingerprint, ct) is { } earlier)
        {
            return earlier;
        }

        try
        {
            return await join();
        }
        catch (RuleViolation)
        {
            // A concurrent call with this RequestId may have been stored, and settled, between the two looks.
            if (await EarlierAsync(site, requestId, fingerprint, ct) is { } twin)
            {
                return twin;
            }

            throw;
        }
    }

    /// <summary>Decides and stores, together with the RequestId, and begins to send.</summary>
    /// <param name="id">May be new: then the decision begins the stream.</param>
    /// <param name="email">The customer's, for the index; null where the call carries none.</param>
    /// <param name="ifMatch">The versions of the stream on which may be decided; null: any.</param>
    /// <returns>Null when there is nothing to do, or the RequestId or an id was just taken: look again.</returns>
    /// <exception cref="GatewayUnavailableException">The gateway cannot be called now; nothing was stored.</exception>
    public async Task<Started?> StartAsync(
        string site, Guid id, string? requestId, byte[] fingerprint, string? merchantTransactionId, Decision decide,
        Sender send, CancellationToken ct, string? email = null, IfMatch? ifMatch = null)
    {
        await EnterAsync(site, ct);
        var window = SendWindow.Open(realTime);

        try
        {
            var decided = await decisions.DecideAsync(
                site, id, SourceOf(site, requestId), state => decide(state, clock.GetUtcNow(), window.Start), "request",
                (session, done) =>
                {
                    if (done.Events.Count > 0)
                    {
                        Remember(session, requestId, fingerprint, id, VersionBefore(done), merchantTransactionId);
                        customers.Write(session, id, done.State!.IsForgotten ? null : email);
                    }
                }, ifMatch);

            return decided.Events.Count == 0
                ? null
                : new Started(id, VersionBefore(decided), merchantTransactionId, Run(send, id, window, decided));
        }
        catch (Exception e) when (DatabaseErrors.ViolatedConstraint(e) is not null)
        {
            return null;
        }
        catch (RuleViolation refusal) when (refusal.Code == IfMatch.Code)
        {
            // The version may have been moved by this very request, which was sent twice at once.
            if (await EarlierAsync(site, requestId, fingerprint, ct) is null)
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>Waits for the first commit after the request that settles it.</summary>
    /// <param name="suffices">Accepts a preliminary answer. A repeat gets it only where the stream ends there.</param>
    /// <returns>The state that settled the request; null after <see cref="ChargingOptions.AnswerWithin"/>.</returns>
    public async Task<Preapproval?> SettledAsync(
        string site, Started started, Func<Preapproval, bool> isSettled, CancellationToken ct,
        Func<Preapproval, bool>? suffices = null)
    {
        var until = realTime.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);

        if (started.Own is { } own
            && await Task.WhenAny(own, Task.Delay(options.AnswerWithin, ct)) == own
            && await own is { } outcome && isSettled(outcome))
        {
            return outcome;
        }

        while (true)
        {
            await using var session = store.QuerySession(site);
            var events = await streams.ReadOpenedAsync(session, started.PreapprovalId, ct);
            var (settled, last) = SettlingCommit.Find(events, started.FromVersion, isSettled);

            if (settled is not null)
            {
                return settled;
            }

            if (events.Count > 0 && events[^1].Version > started.FromVersion && suffices?.Invoke(last!) is true)
            {
                return last;
            }

            if (realTime.GetElapsedTime(until) > options.AnswerWithin)
            {
                return null;
            }

            await Task.Delay(pause, ct);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    /// <summary>The opened state as it is now.</summary>
    /// <exception cref="NotFoundException">There is no such preapproval.</exception>
    public async Task<Preapproval> OpenedAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return (await streams.FoldOpenedAsync(session, id, ct) ?? throw new NotFoundException()).At(clock.GetUtcNow());
    }

    // What a call ends before it begins, an earlier change that it replaces, is not its own answer.
    private static long VersionBefore(Decided decided) =>
        decided.Version - decided.Events.SkipWhile(@event => @event is ChangeFailed).Count();

    private static EventSource SourceOf(string site, string? requestId) =>
        new($"storefront-{site}", requestId, requestId);

    // An intent that cannot be sent at once is not stored.
    private async Task EnterAsync(string site, CancellationToken ct)
    {
        if (!await gate.EnterAsync(site, ct))
        {
            throw new GatewayUnavailableException();
        }
    }

    // Goes on when the request is cancelled: no cancellation reaches a call that has begun.
    private Task<Preapproval?> Run(Sender send, Guid id, SendWindow window, Decided decided) => Task.Run(
        async () =>
        {
            try
            {
                return await send(window, decided);
            }
#pragma warning disable CA1031 // The resolver looks up what was committed; the answer is read from the stream.
            catch (Exception error)
#pragma warning restore CA1031
            {
                SendFailed(log, id, error);

                return null;
            }
        },
        CancellationToken.None);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "A call for preapproval {Id} failed; the gateway will be asked about it.")]
    private static partial void SendFailed(ILogger log, Guid id, Exception error);

    private static void Remember(
        IDocumentSession session, string? requestId, byte[] fingerprint, Guid id, long fromVersion,
        string? merchantTransactionId)
    {
        if (requestId is not null)
        {
            session.Insert(new IdempotentRequest
            {
                Id = requestId, Fingerprint = fingerprint, PreapprovalId = id, FromVersion = fromVersion,
                MerchantTransactionId = merchantTransactionId,
            });
        }
    }

    private async Task<Started?> EarlierAsync(string site, string? requestId, byte[] fingerprint, CancellationToken ct)
    {
        if (requestId is null)
        {
            return null;
        }

        await using var session = store.QuerySession(site);

        return await session.LoadAsync<IdempotentRequest>(requestId, ct) switch
        {
            null => null,
            var known when known.Fingerprint.AsSpan().SequenceEqual(fingerprint) =>
                new Started(known.PreapprovalId, known.FromVersion, known.MerchantTransactionId),
            _ => throw new RuleViolation(
                "2",
                "Validation failed: this RequestId was used before for another request. Use "
                + "a new RequestId for a new request."),
        };
    }
}
