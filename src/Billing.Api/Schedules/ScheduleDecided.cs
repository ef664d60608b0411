using Billing.Domain;
using Billing.Domain.Preapprovals;
using Wolverine.Marten;

namespace Billing.Api.Schedules;

/// <summary>The answer to a command on a schedule. A refusal is an answer and no failure of the handler.</summary>
/// <param name="Refusal">Null when the command was done, or had been done before.</param>
public sealed record ScheduleDecided(RuleViolation? Refusal)
{
    internal static (ScheduleDecided Answer, Events Events) By(Func<IEnumerable<PreapprovalEvent>> rule)
    {
        var events = new Events();

        try
        {
            events.AddRange(rule());

            return (new((RuleViolation?)null), events);
        }
        catch (RuleViolation refusal)
        {
            return (new(refusal), events);
        }
    }
}
