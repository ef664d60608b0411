using Billing.Api.Charging;
using Billing.Api.Sites;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Changing;

// Three steps like a charge. A schedule that comes with a change is set in the commit that records the change, never before:
// on a PATCH of unknown outcome the old one goes on until the truth is known.

/// <summary>Never a row: invoked by the endpoint, which alone holds the personal data.</summary>
public sealed record RequestChange(string Tenant, Guid PreapprovalId, MandateTerms Terms, MandatePersonal Personal, ScheduleTerms? Schedule, int? StatedSiteId);

/// <param name="Since">Business time of the request: a later change is another message.</param>
public sealed record SubmitChange(string Tenant, Guid PreapprovalId, DateTimeOffset Since);

/// <param name="Since">Which change it is about: late word of an earlier one settles nothing of the next.</param>
public sealed record RecordChange(string Tenant, Guid PreapprovalId, MandateAnswer Answer, bool? Applied, LearntFrom From, DateTimeOffset Since);

public static class ChangePreapprovalHandler
{
    public static (Events, OutgoingMessages) Handle(RequestChange command, Preapproval? state, DateTimeOffset now)
    {
        var events = PreapprovalDecider.RequestChange(state!, command.Terms, command.Personal, command.Schedule, command.StatedSiteId, now);
        var submit = new SubmitChange(command.Tenant, command.PreapprovalId, now);

        return ([.. events], [.. events.Select(_ => new Outgoing(submit, Id: DerivedId.Of("change", command.Tenant, $"{command.PreapprovalId:N}", $"{now.UtcTicks}")))]);
    }

    public static Events Handle(RecordChange command, Preapproval? state, LookUpPolicy lookUps, SiteRegister sites, DateTimeOffset now) => state!.Unsettled?.Since != command.Since
        ? []
        : [.. PreapprovalDecider.RecordChange(state!, command.Answer, command.Applied, command.From, lookUps, sites.CalendarOf(command.Tenant), now)];
}

public sealed class SubmitChangeHandler(IPaymentGateway gateway, EventStore.EventStore store)
{
    public async Task<HandlerResult> Handle(SubmitChange command, Delivery delivery, CancellationToken ct)
    {
        var snapshot = await store.AggregateAsync(new StreamKey(command.Tenant, command.PreapprovalId), unseal: true, ct: ct);
        var state = (Preapproval)snapshot!.State;

        if (state.Unsettled is not { Operation: MandateOperation.Change, Terms: { } terms } unsettled || unsettled.Since != command.Since)
        {
            return new HandlerResult.Done();
        }

        if (!delivery.IsFirst)
        {
            return Settled(await LookUpAsync(gateway, command.Tenant, state, ct), delivery);
        }

        var answer = await gateway.ChangeMandateAsync(command.Tenant, state.Gateway!.PreapprovalId, new MandateOrder(terms, unsettled.Personal!), ct);

        return Settled(new RecordChange(command.Tenant, command.PreapprovalId, answer, null, LearntFrom.Answer, command.Since), delivery);
    }

    /// <summary>What the answer of a change, or of a look-up of one, makes of its message.</summary>
    public static HandlerResult Settled(RecordChange record, Delivery delivery) => NotSent.HandBack(record.Answer, delivery) ?? (HandlerResult)new HandlerResult.Apply(record);

    /// <summary>Reads the mandate and compares it with what was asked for.</summary>
    public static async Task<RecordChange> LookUpAsync(IPaymentGateway gateway, string tenant, Preapproval state, CancellationToken ct)
    {
        var answer = await gateway.ReadMandateAsync(tenant, state.Gateway!.PreapprovalId, ct);
        bool? applied = answer is MandateAnswer.Told told ? Shows(told.Mandate, state.Unsettled!) : null;

        return new RecordChange(tenant, state.Id, answer, applied, LearntFrom.LookUp, state.Unsettled!.Since);
    }

    // Only what was said can be compared: null means "not said", on both sides.
    private static bool Shows(MandateReading reading, Unsettled asked) =>
        Same(asked.Terms!.Description, reading.Terms.Description) && Same(asked.Terms.Currency, reading.Terms.Currency)
        && Same($"{asked.Terms.MaximumAmountHundredths}", $"{reading.Terms.MaximumAmountHundredths}")
        && Same(asked.Personal?.BillingAddress?.Country, reading.Personal.BillingAddress?.Country) && Same(asked.Terms.ReturnUrl, reading.Terms.ReturnUrl)
        && Same(asked.Personal?.Customer?.Email, reading.Personal.Customer?.Email)
        && Same(asked.Personal?.Customer?.FirstName, reading.Personal.Customer?.FirstName)
        && Same(asked.Personal?.Customer?.LastName, reading.Personal.Customer?.LastName)
        && Same(asked.Personal?.Customer?.Phone, reading.Personal.Customer?.Phone)
        && Same(asked.Personal?.BillingAddress?.Street, reading.Personal.BillingAddress?.Street)
        && Same(asked.Personal?.BillingAddress?.City, reading.Personal.BillingAddress?.City)
        && Same(asked.Personal?.BillingAddress?.ZipCode, reading.Personal.BillingAddress?.ZipCode);

    private static bool Same(string? asked, string? shown) => string.IsNullOrEmpty(asked) || string.IsNullOrEmpty(shown) || asked == shown;
}
