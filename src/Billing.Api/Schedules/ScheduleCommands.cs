using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Api.Schedules;

/// <summary>What a storefront asks of a running schedule. Nothing of it needs the gateway.</summary>
/// <remarks>Each is decided under the lock of its stream; a repeat of what was done changes nothing.</remarks>
public sealed class ScheduleCommands(PreapprovalDecisions decisions, MethodProfiles profiles, BusinessClock clock)
{
    /// <inheritdoc cref="PreapprovalDecider.Pause"/>
    public Task PauseAsync(Site site, Guid id, PauseTerms? terms, IfMatch? ifMatch) =>
        DecideAsync(site, id, ifMatch, (state, now) => PreapprovalDecider.Pause(state, now, terms));

    /// <inheritdoc cref="PreapprovalDecider.Resume"/>
    public Task ResumeAsync(Site site, Guid id, IfMatch? ifMatch) =>
        DecideAsync(site, id, ifMatch, PreapprovalDecider.Resume);

    /// <inheritdoc cref="PreapprovalDecider.SkipPeriod"/>
    public Task SkipAsync(Site site, Guid id, DateOnly? dueOn, IfMatch? ifMatch) =>
        DecideAsync(site, id, ifMatch, (state, now) => PreapprovalDecider.SkipPeriod(state, dueOn, now));

    /// <inheritdoc cref="PreapprovalDecider.ReinstatePeriod"/>
    public Task ReinstateAsync(Site site, Guid id, DateOnly? dueOn, IfMatch? ifMatch) =>
        DecideAsync(site, id, ifMatch, (state, now) => PreapprovalDecider.ReinstatePeriod(state, dueOn, now));

    /// <inheritdoc cref="PreapprovalDecider.ChangeSchedule"/>
    public Task ChangeAsync(Site site, Guid id, ScheduleWish wish, DateOnly? effectiveOn, IfMatch? ifMatch) =>
        DecideAsync(
            site, id, ifMatch,
            (state, now) => PreapprovalDecider.ChangeSchedule(
                state, wish, effectiveOn, null, site.Calendar, now, profiles));

    /// <inheritdoc cref="PreapprovalDecider.CancelPlannedChange"/>
    public Task CancelPlannedChangeAsync(Site site, Guid id, IfMatch? ifMatch) =>
        DecideAsync(site, id, ifMatch, PreapprovalDecider.CancelPlannedChange);

    private Task DecideAsync(
        Site site, Guid id, IfMatch? ifMatch, Func<Preapproval, DateTimeOffset, PreapprovalEvent[]> rule) =>
        decisions.DecideAsync(
            site.Id, id, new EventSource($"storefront-{site.Id}"),
            state => rule(state ?? throw new NotFoundException(), clock.GetUtcNow()), "change_schedule",
            ifMatch: ifMatch);
}
