using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Comparing;

/// <summary>Has the stream decide on what was asked, and counts what came of it.</summary>
public sealed class Findings(MessageBus bus)
{
    public async Task<Walk> RecordAsync(Walk walk, object command, CancellationToken ct)
    {
        var events = (await bus.InvokeAsync(command, new Metadata(UserName: walk.By), ct)).Events;

        return walk with { Found = walk.Found + events.OfType<DriftFound>().Sum(it => it.Fields.Count), Healed = walk.Healed + events.OfType<DriftHealed>().Sum(it => it.Fields.Count) };
    }
}
