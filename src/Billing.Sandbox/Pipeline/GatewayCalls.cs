using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;

namespace Billing.Sandbox.Pipeline;

/// <summary>
/// The steps of every GlobalPay call: credentials, ledger, scenario, repeated RequestId, action, answer.
/// </summary>
internal sealed class GatewayCalls(
    Credentials credentials, Misbehaviour misbehaviour, AnotherPayment another, Repeats repeats, Lock gate)
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWaitForNotification = TimeSpan.FromSeconds(5);

    public async Task RunAsync(HttpContext http, IGatewayOperation operation)
    {
        if (credentials.Check(http.Request.Headers.Authorization) is not { } site)
        {
            await Credentials.DenyAsync(http);
            return;
        }

        if (await Call.ReadAsync(http, site) is not { } call)
        {
            await Answer.Message(StatusCodes.Status400BadRequest, "The request body is not valid JSON.")
                .WriteAsync(http);
            return;
        }

        var (rule, complaint) = Arrive(http, call, operation);
        if (complaint is not null)
        {
            await EndAsync(
                http, call, operation,
                new Ending(Answer.Message(StatusCodes.Status400BadRequest, complaint), "400 no such scenario"));
            return;
        }

        if (rule?.Action is ScenarioAction.Slow)
        {
            // The gateway goes on working when its caller has given up.
            await Task.Delay(rule.Delay, CancellationToken.None);
        }

        if (WithoutActing(rule) is { } ending)
        {
            await EndAsync(http, call, operation, ending);
            return;
        }

        var answer = Act(call, operation, rule);
        if (answer.After is { } acknowledged)
        {
            await Task.WhenAny(acknowledged, Task.Delay(LongestWaitForNotification, CancellationToken.None));

            // Time for the merchant to act on it, so that it surely comes first.
            await Task.Delay(TimeSpan.FromMilliseconds(rule?.DelayMs ?? 0), CancellationToken.None);
        }

        await EndAsync(http, call, operation, AfterActing(rule, answer));
    }

    private ScenarioCatalogue.Choice Arrive(HttpContext http, Call call, IGatewayOperation operation)
    {
        lock (gate)
        {
            operation.Arrived(call);
            return misbehaviour.Choose(http, call, operation.Name, operation.Subject(call));
        }
    }

    private Answer Act(Call call, IGatewayOperation operation, ScenarioRule? rule)
    {
        lock (gate)
        {
            if (rule?.Action is ScenarioAction.Refuse)
            {
                return operation.Refuse(call, rule.Reason(unset: 14));
            }

            var answer = repeats.Run(call, operation, () => operation.Act(call, rule));
            return rule?.Action switch
            {
                ScenarioAction.AnotherPayment =>
                    another.InsteadOf(answer, call, operation.Subject(call).MerchantTransactionId),
                ScenarioAction.DuplicateCode => operation.Refuse(call, (operation.Name is OperationName.Create
                    ? ReturnCode.MerchantPreapprovalIdDuplicated
                    : ReturnCode.TransactionIdDuplicated).Plain()) with
                { After = answer.After },
                _ => answer,
            };
        }
    }

    private static Ending? WithoutActing(ScenarioRule? rule) => rule?.Action switch
    {
        ScenarioAction.Timeout => new Ending(null, "timeout without acting", Hold: true),
        ScenarioAction.Reset => new Ending(null, "reset without acting"),
        ScenarioAction.Error500 => new Ending(ServerError, "500 without acting"),
        ScenarioAction.RateLimited => new Ending(
            Answer.Message(StatusCodes.Status429TooManyRequests, "Too many requests.") with
            {
                RetryAfterSeconds = rule.RetryAfterSeconds
            },
            "429 without acting"),
        _ => null,
    };

    private static Ending AfterActing(ScenarioRule? rule, Answer answer) => rule?.Action switch
    {
        ScenarioAction.ActThenTimeout => new Ending(null, "timeout after acting", Hold: true),
        ScenarioAction.ActThenReset => new Ending(null, "reset after acting"),
        ScenarioAction.ActThen500 => new Ending(ServerError, "500 after acting"),
        ScenarioAction.Garbled => new Ending(answer.Garbled(), answer.Garbled().Says),
        ScenarioAction.NullStatus =>
            new Ending(answer with { Body = BentBody.WithoutStatus(answer.Body) }, answer.Says + ", without status"),
        ScenarioAction.AnsweredTwice =>
            new Ending(answer with { Body = [.. answer.Body, .. answer.Body] }, answer.Says + ", twice"),
        ScenarioAction.Html => new Ending(Answer.Html(), "200 text/html after acting"),
        _ => new Ending(answer, answer.Says),
    };

    private static Answer ServerError =>
        Answer.Message(StatusCodes.Status500InternalServerError, "An error has occurred.");

    private async Task EndAsync(HttpContext http, Call call, IGatewayOperation operation, Ending ending)
    {
        // Before the bytes leave: a caller that has the answer finds it in the ledger.
        lock (gate)
        {
            operation.Answered(call, ending.Says);
        }

        if (ending.Hold)
        {
            await Task.Delay(LongestHold, http.RequestAborted).ContinueWith(
                _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        if (ending.Answer is null)
        {
            http.Abort();
        }
        else
        {
            await ending.Answer.WriteAsync(http);
        }
    }

    /// <summary>How a call ends; without an answer the connection breaks.</summary>
    private sealed record Ending(Answer? Answer, string Says, bool Hold = false);
}
