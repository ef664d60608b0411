namespace Billing.Api.Comparing;

/// <summary>Asks the gateway what it has and compares it with the books, one small question at a time: reads only, bounded in pace, resumable, one node per site.</summary>
/// <remarks>
/// What could not be asked is counted and asked again by the next walk; nothing is read from it. What the gateway has and we have not is raised, never adopted.
/// </remarks>
public sealed class DriftWalk(PreapprovalStages preapprovals, PaymentStages payments, WalkLog log, DriftSettings drift, TimeProvider clock)
{
    /// <summary>Goes on with the walk of a site until it is done, the gateway is away, or another node has it.</summary>
    /// <param name="report">Sees each state that is written down.</param>
    /// <returns>Null: there is none, or another node has it. Otherwise how far it is; not done when the gateway was away.</returns>
    public async Task<Walk?> GoOnAsync(string tenant, Action<Walk> report, CancellationToken ct)
    {
        var token = Guid.CreateVersion7();

        return await log.TakeAsync(tenant, token, ct) is { } walk ? await WalkAsync(walk, token, report, ct) : null;
    }

    /// <summary>Begins a walk and goes on with it, or with the one that is under way.</summary>
    /// <inheritdoc cref="GoOnAsync"/>
    public async Task<Walk?> BeginAsync(Walk walk, Action<Walk> report, CancellationToken ct)
    {
        var token = Guid.CreateVersion7();

        return await log.BeginAsync(walk, token, clock.GetUtcNow(), ct) ? await WalkAsync(walk, token, report, ct) : await GoOnAsync(walk.Tenant, report, ct);
    }

    private async Task<Walk?> WalkAsync(Walk walk, Guid token, Action<Walk> report, CancellationToken ct)
    {
        var questions = new Questions(drift);

        try
        {
            while (!walk.IsDone && !questions.IsGatewayAway)
            {
                await foreach (var next in StepAsync(walk, questions, ct))
                {
                    walk = next;

                    if (!await log.SaveAsync(walk, token, clock.GetUtcNow(), ct))
                    {
                        return null;
                    }

                    report(walk);

                    if (questions.IsGatewayAway)
                    {
                        break;
                    }
                }
            }

            return walk;
        }
        finally
        {
            await log.LetGoAsync(walk.Tenant, token);
        }
    }

    private IAsyncEnumerable<Walk> StepAsync(Walk walk, Questions questions, CancellationToken ct) => walk.Stage switch
    {
        Walk.OfPreapprovals => preapprovals.ReadAsync(walk, questions, ct),
        Walk.OfStrays => preapprovals.StraysAsync(walk, questions, ct),
        Walk.OfPayments => payments.PageAsync(walk, questions, ct),
        _ => payments.MissingAsync(walk, questions, ct),
    };
}
