using Billing.Api.Schedules;
using Billing.Domain;
using Wolverine;

namespace Billing.Api.SubscriptionsApi;

/// <summary>Invokes the handler of a storefront's command on a schedule.</summary>
public sealed class SiteCommands(IServiceScopeFactory scopes)
{
    /// <exception cref="RuleViolation">The command is refused.</exception>
    public async Task InvokeAsync(string site, object command)
    {
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageContext>();
        bus.UserName = $"storefront-{site}";
        var decided = await bus.InvokeForTenantAsync<ScheduleDecided>(site, command, CancellationToken.None);

        if (decided.Refusal is { } refusal)
        {
            throw refusal;
        }
    }
}
