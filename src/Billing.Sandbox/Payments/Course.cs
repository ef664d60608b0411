using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>How a payment goes: what the answer says, and what becomes of it later.</summary>
internal sealed record Course(int StatusId, Reason? Reason = null, LaterStatus? Later = null)
{
    /// <param name="executionDays">Days until the day that the charge named, if it named one.</param>
    public static Course Of(Method method, ScenarioRule? rule, double? executionDays)
    {
        var days = rule?.AfterDays ?? 1;
        return rule?.Action switch
        {
            ScenarioAction.Decline => Failure(rule),
            ScenarioAction.PendingThenSuccess =>
                new Course(PaymentStatus.PendingOnProvider, null, new LaterStatus(PaymentStatus.Success, null, days)),
            ScenarioAction.PendingThenFailure => new Course(
                PaymentStatus.PendingOnProvider, null,
                new LaterStatus(PaymentStatus.Failed, rule.Reason((int)ReturnCode.BalanceInsufficient), days)),
            ScenarioAction.FailedThenSuccess =>
                Failure(rule) with { Later = new LaterStatus(PaymentStatus.Success, null, days) },
            _ => method.SettlesAfterDays is { } usual
                ? new Course(
                    PaymentStatus.Open, null, new LaterStatus(
                        PaymentStatus.Success, null, (method.TakesExecutionDate ? executionDays : null) ?? usual))
                : new Course(PaymentStatus.Success),
        };
    }

    private static Course Failure(ScenarioRule rule) =>
        new(PaymentStatus.Failed, rule.Reason((int)ReturnCode.BalanceInsufficient));
}

/// <summary>A status to come, in days of the sandbox clock.</summary>
internal sealed record LaterStatus(int StatusId, Reason? Reason, double AfterDays);
