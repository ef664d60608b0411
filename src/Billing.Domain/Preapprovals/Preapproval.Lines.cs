using System.Globalization;

namespace Billing.Domain.Preapprovals;

/// <remarks>Lines of settled charges, for example "260228-1 C 731" or "=order-4711 F 732".</remarks>
public sealed partial record Preapproval
{
    private (int Index, MoneyState State, string? PaymentId)? LineOf(string merchantTransactionId)
    {
        var id = ShortOf(merchantTransactionId) + " ";
        var index = SettledCharges.FindLastIndex(line => line.StartsWith(id, StringComparison.Ordinal));

        return index < 0
            ? null
            : (index, StateOf(SettledCharges[index][id.Length]), PaymentIdOf(SettledCharges[index], id.Length + 2));
    }

    private bool HasChargedLineOf(Period period)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{period.DueOn:yyMMdd}-");

        return SettledCharges.Exists(line =>
            line.StartsWith(prefix, StringComparison.Ordinal)
            && StateOf(line[line.IndexOf(' ', StringComparison.Ordinal) + 1]) is MoneyState.Charged);
    }

    private Preapproval WithLine(Charge charge, bool onlyIfThere)
    {
        var known = LineOf(charge.Id.MerchantTransactionId);

        if (known is null && onlyIfThere)
        {
            return this;
        }

        var paymentId = charge.Gateway?.PaymentId?.ToString(CultureInfo.InvariantCulture) ?? known?.PaymentId;
        var line = $"{ShortOf(charge.Id.MerchantTransactionId)} "
            + $"{LetterOf(charge.State)}{(paymentId is null ? "" : " " + paymentId)}";
        var lines = known is { Index: var index } ? SettledCharges.SetItem(index, line) : SettledCharges.Add(line);

        return this with
        {
            SettledCharges = lines.Count > MostLines ? lines.RemoveRange(0, lines.Count - MostLines) : lines
        };
    }

    // Derived ids of this mandate without its number; any other id behind a sign that no id has.
    private string ShortOf(string merchantTransactionId)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{Gateway?.PreapprovalId}-");

        return merchantTransactionId.StartsWith(prefix, StringComparison.Ordinal)
            && ChargeId.IsDerivedForm(merchantTransactionId)
            ? merchantTransactionId[prefix.Length..]
            : "=" + merchantTransactionId;
    }

    private static string? PaymentIdOf(string line, int start) => start < line.Length ? line[start..] : null;

    private static char LetterOf(MoneyState state) => state.ToString()[0];

    private static MoneyState StateOf(char letter) => letter switch
    {
        'C' => MoneyState.Charged,
        'F' => MoneyState.Failed,
        'S' => MoneyState.Stopped,
        'P' => MoneyState.Pending,
        'U' => MoneyState.Unknown,
        _ => MoneyState.Requested,
    };
}
