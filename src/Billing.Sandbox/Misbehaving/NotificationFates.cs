using Billing.Sandbox.State;

namespace Billing.Sandbox.Misbehaving;

/// <summary>What a scenario rule does to the next notification.</summary>
internal static class NotificationFates
{
    public static NotificationFate Of(ScenarioRule? rule) => rule?.Action switch
    {
        ScenarioAction.LoseNotification => new NotificationFate(NotificationFate.Way.Lost),
        ScenarioAction.NotifyTwice => new NotificationFate(NotificationFate.Way.Twice),
        ScenarioAction.NotifyLate => new NotificationFate(NotificationFate.Way.Late, rule.AfterDays ?? 1),
        ScenarioAction.NotifyReordered => new NotificationFate(NotificationFate.Way.Reordered),
        ScenarioAction.NotifyOld => new NotificationFate(NotificationFate.Way.Old),
        ScenarioAction.NotifyForged => new NotificationFate(NotificationFate.Way.Forged),
        _ => NotificationFate.Sent,
    };
}
