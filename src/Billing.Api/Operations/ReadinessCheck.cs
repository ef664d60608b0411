using Billing.Api.Attention;
using Billing.Api.Hosting;
using Billing.Gateway.Breaking;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>The database can be written. The data is what waits for a person (<see cref="Readiness"/>).</summary>
internal sealed class ReadinessCheck(
    NpgsqlDataSource dataSource, Database database, Breakers breakers, NodeHealth node, Watchdog watchdog,
    AttentionList attention) : IHealthCheck
{
    public const string Name = "ready";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken ct)
    {
        if (node.IsClockOff)
        {
            return HealthCheckResult.Unhealthy(
                "This node's clock differs from the database's by more than 60 seconds. "
                + "It decides nothing until they agree.");
        }

        try
        {
            var overdue = await watchdog.AskAsync(ct);
            var ready = await Readiness.AskAsync(
                dataSource, database, breakers, await attention.CountAsync(ct), ct);
            var shown = ready with { Overdue = overdue.IsNothing ? null : overdue };

            return HealthCheckResult.Healthy(data: new Dictionary<string, object> { [Name] = shown });
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseErrors.IsTransient(e))
        {
            return HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }
}
