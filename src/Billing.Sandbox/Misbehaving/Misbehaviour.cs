namespace Billing.Sandbox;

/// <summary>Decides how one call misbehaves: by its header, else by a rule, else by the data of the charge.</summary>
/// <remarks>Data choose once: the same MerchantTransactionID, sent or looked up again, is treated normally.</remarks>
internal sealed class Misbehaviour(Scenarios scenarios, ChargeLedger ledger, SandboxSettings settings)
{
    public ScenarioCatalogue.Choice Choose(HttpContext http, Call call, IGatewayOperation operation)
    {
        if (http.Request.Headers[ScenarioCatalogue.Header].ToString() is { Length: > 0 } named)
        {
            return ScenarioCatalogue.FromHeader(named, operation.Name);
        }

        var subject = operation.Subject(call);
        if (scenarios.Any && scenarios.Take(operation.Name, subject) is { } rule)
        {
            return new ScenarioCatalogue.Choice(rule, null);
        }

        // A misspelt name is refused where it comes in.
        var email = operation.Name is OperationName.Change
            ? call.Body.Part("Preapproval").Part("Customer").Text("Email")
            : subject.Email;
        var choice = ScenarioCatalogue.FromEmail(email, operation.Name);
        if (choice == default && settings.MagicAmounts && operation.Name is OperationName.Charge or OperationName.Find)
        {
            choice = ScenarioCatalogue.FromAmount(subject.Amount, operation.Name);
        }

        return choice.Rule is not null && !IsFirst(call, operation.Name, subject) ? default : choice;
    }

    private bool IsFirst(Call call, OperationName operation, Subject subject) =>
        subject.MerchantTransactionId is not { } id || ledger.Find(call.Site.Id, id) is not { } entry
        || (operation is OperationName.Find ? entry.Lookups : entry.Received) <= 1;
}
