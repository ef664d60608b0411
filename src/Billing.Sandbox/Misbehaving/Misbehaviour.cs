using Billing.Sandbox.Calls;
using Billing.Sandbox.Ledger;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.Misbehaving;

/// <summary>Decides how one call misbehaves: by its header, else by a rule, else by the data of the charge.</summary>
/// <remarks>Data choose once: the same MerchantTransactionID, sent or looked up again, is treated normally.</remarks>
internal sealed class Misbehaviour(Scenarios scenarios, ChargeLedger ledger, SandboxSettings settings)
{
    public ScenarioCatalogue.Choice Choose(HttpContext http, Call call, OperationName operation, Subject subject)
    {
        if (http.Request.Headers[ScenarioCatalogue.Header].ToString() is { Length: > 0 } named)
        {
            return ScenarioCatalogue.FromHeader(named, operation);
        }

        if (scenarios.Any && scenarios.Take(operation, subject) is { } rule)
        {
            return new ScenarioCatalogue.Choice(rule, null);
        }

        // A misspelt name is refused where it comes in.
        var email = operation is OperationName.Change
            ? call.Body.Part("Preapproval").Part("Customer").Text("Email")
            : subject.Email;
        var choice = ScenarioCatalogue.FromEmail(email, operation);
        if (choice == default && settings.MagicAmounts && operation is OperationName.Charge or OperationName.Find)
        {
            choice = ScenarioCatalogue.FromAmount(subject.Amount, operation);
        }

        return choice.Rule is not null && !IsFirst(call, operation, subject) ? default : choice;
    }

    private bool IsFirst(Call call, OperationName operation, Subject subject) =>
        subject.MerchantTransactionId is not { } id || ledger.Find(call.Site.Id, id) is not { } entry
        || (operation is OperationName.Find ? entry.Lookups : entry.Received) <= 1;
}
