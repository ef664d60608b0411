using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>Reads one page of a list of payments.</summary>
internal static class PaymentPages
{
    /// <summary>Rows asked for, the gateway's own default: the largest that it allows is stated nowhere.</summary>
    public const int Size = 50;

    /// <returns>Null for anything but a whole page of readable rows.</returns>
    public static PaymentPage? Of(Reply reply, int page, WireMoney money)
    {
        if (!reply.IsSuccess || reply.Read(TolerantJson.PaymentList) is not { Payments: { } rows } list
            || !string.IsNullOrEmpty(list.Error) || rows.Any(row => row is null)
            || (list.PageIndex is { } index && index != page))
        {
            return null;
        }

        return new(
            [.. rows.Select(row => PaymentReader.Read(row, money))],
            rows.Count == 0 || (list.TotalPages is { } pages ? page >= pages : rows.Count < Size));
    }
}
