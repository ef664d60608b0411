using Billing.Sandbox.Calls;

namespace Billing.Sandbox.Misbehaving;

/// <summary>Which action affects which call, so that a rule without effect is refused.</summary>
internal static class ScenarioReach
{
    public static bool Of(ScenarioAction action, OperationName operation) => operation switch
    {
        OperationName.Notify => BendsNotification(action),
        OperationName.Charge => action is not ScenarioAction.NotFound,
        OperationName.Create => !MovesPayment(action)
            && action is not (ScenarioAction.NotFound or ScenarioAction.AnotherPayment or ScenarioAction.WrongAmount),
        OperationName.Change => !MovesPayment(action)
            && !Notifies(action) && action is not (ScenarioAction.AnotherPayment or ScenarioAction.WrongAmount
                or ScenarioAction.DuplicateCode),
        OperationName.Close => !MovesPayment(action) && action is not (ScenarioAction.NotifyFirst
            or ScenarioAction.AnotherPayment or ScenarioAction.WrongAmount or ScenarioAction.DuplicateCode),
        OperationName.Read =>
            IsReading(action) && action is not (ScenarioAction.AnotherPayment or ScenarioAction.WrongAmount),
        OperationName.List or OperationName.Find or OperationName.ReadPayment => IsReading(action),
        _ => true,
    };

    private static bool IsReading(ScenarioAction action) =>
        !MovesPayment(action) && !Notifies(action) && action is not ScenarioAction.DuplicateCode;

    private static bool MovesPayment(ScenarioAction action) =>
        action is ScenarioAction.Decline or ScenarioAction.PendingThenSuccess or ScenarioAction.PendingThenFailure
            or ScenarioAction.FailedThenSuccess;

    private static bool Notifies(ScenarioAction action) =>
        action is ScenarioAction.NotifyFirst || BendsNotification(action);

    private static bool BendsNotification(ScenarioAction action) =>
        action is ScenarioAction.LoseNotification or ScenarioAction.NotifyTwice or ScenarioAction.NotifyLate
            or ScenarioAction.NotifyReordered or ScenarioAction.NotifyOld or ScenarioAction.NotifyForged;
}
