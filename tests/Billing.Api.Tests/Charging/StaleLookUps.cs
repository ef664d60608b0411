using Billing.Api.Mandates;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

/// <summary>Looks a mandate up as a node that read its state some time ago.</summary>
internal static class StaleLookUps
{
    public static async Task<Preapproval> StateAsync(this World world, Subscriber subscriber)
    {
        await using var session = world.Services.GetRequiredService<IDocumentStore>().QuerySession("30201");

        return (await session.LoadAsync<Preapproval>(subscriber.Id))!;
    }

    public static Task LookUpAsync(this World world, Preapproval state) =>
        world.Services.GetRequiredService<MandateCalls>()
            .LookUpAsync("30201", state, "", state.Unsettled!.Call, default);
}
