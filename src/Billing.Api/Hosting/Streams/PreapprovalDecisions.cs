using Billing.Domain;
using Billing.Domain.Preapprovals;
using Marten;
using Npgsql;
using Wolverine;

namespace Billing.Api.Hosting.Streams;

/// <summary>Applies rules to preapprovals; decisions of one site that arrive during a commit share the next.</summary>
public sealed class PreapprovalDecisions : IAsyncDisposable
{
    private const int MostInOneCommit = 200;
    private const int CommitsAtOnce = 2;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly IServiceScopeFactory scopes;
    private readonly RecordedOutcomes outcomes;
    private readonly Failpoints failpoints;
    private readonly SiteBatchers<StreamDecision, Decided> batchers;

    public PreapprovalDecisions(IServiceScopeFactory scopes, RecordedOutcomes outcomes, Failpoints failpoints)
    {
        (this.scopes, this.outcomes, this.failpoints) = (scopes, outcomes, failpoints);
        batchers = new(MostInOneCommit, CommitsAtOnce, HandleAsync);
    }

    /// <summary>Applies a rule once.</summary>
    /// <param name="ifMatch">The versions of the stream on which the rule may decide; null: any.</param>
    /// <exception cref="RuleViolation">The rule refuses, or precondition_failed.</exception>
    /// <exception cref="NpgsqlException">No answer; whether the events were stored is unknown.</exception>
    public async Task<Decided> DecideAsync(
        string site, Guid id, EventSource source, Func<Preapproval?, IReadOnlyList<PreapprovalEvent>> rule,
        string point = "decide", Action<IDocumentSession, Decided>? also = null, IfMatch? ifMatch = null)
    {
        using var span = BillingTracing.Start(point, site, id);
        var decided = await batchers.SendAsync(site, new StreamDecision(id, source, rule, point, also, ifMatch));
        failpoints.Reach($"{point}:committed");
        outcomes.Count(decided.Events);
        BillingTracing.Record(span, decided.Events);
        span?.SetTag(BillingTracing.Outcome, decided.Refusal?.Code);

        return decided.Refusal is { } refusal ? throw refusal : decided;
    }

    /// <summary>Applies a rule and repeats it while the database does not answer, until the process ends.</summary>
    /// <param name="rule">Must decide nothing when its events are stored already.</param>
    public async Task<Decided> RecordAsync(
        string site, Guid id, EventSource source, Func<Preapproval?, IReadOnlyList<PreapprovalEvent>> rule,
        string point, Action<IDocumentSession, Decided>? also = null)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await DecideAsync(site, id, source, rule, point, also);
            }
            catch (Exception error) when (DatabaseErrors.IsTransient(error))
            {
                await Task.Delay(pause);
            }
        }
    }

    public ValueTask DisposeAsync() => batchers.DisposeAsync();

    private async Task<IReadOnlyList<Decided>> HandleAsync(string site, IReadOnlyList<StreamDecision> batch)
    {
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        var decided = await bus.InvokeForTenantAsync<DecidedBatch>(site, new DecideBatch(batch));

        return decided.All;
    }
}
