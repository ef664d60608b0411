using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Wolverine.Marten;

namespace Billing.Api.Schedules;

/// <summary>The answer to a command on a schedule. A refusal is an answer and no failure of the handler.</summary>
/// <param name="Refusal">Null when the command was done, or had been done before.</param>
public sealed record ScheduleDecided(RuleViolation? Refusal)
{
    /// <param name="ifMatch">The versions on which the rule may decide; null: any.</param>
    /// <param name="preapproval">As it was fetched for writing.</param>
    internal static (ScheduleDecided Answer, Events Events) By(
        IfMatch? ifMatch, Preapproval preapproval, Func<IReadOnlyList<PreapprovalEvent>> rule)
    {
        var events = new Events();

        try
        {
            events.AddRange(IfMatch.Apply(ifMatch, preapproval.Version, rule));

            return (new((RuleViolation?)null), events);
        }
        catch (RuleViolation refusal)
        {
            return (new(refusal), events);
        }
    }
}
