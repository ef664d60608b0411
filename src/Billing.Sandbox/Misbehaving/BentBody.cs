using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Misbehaving;

/// <summary>Bodies that were right and are no longer.</summary>
internal static class BentBody
{
    private const int Refunded = 22;
    private const int Open = PreapprovalStatus.Open;

    // As the gateway writes it: an & in an address stays an &.
    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] WithoutStatus(byte[] body) => Changed(body, item => item["Status"] = null);

    /// <summary>As if it were about another payment of the same amount.</summary>
    public static byte[] Elsewhere(byte[] body) => Changed(body, item =>
    {
        item["ID"] = (int?)item["ID"] is { } id ? id - 1 : null;
        item["MerchantTransactionID"] = "another-payment";
    });

    /// <summary>The same notification from before: the status that came before this one.</summary>
    public static byte[] Earlier(string kind, byte[] body) => Changed(body, item => item["Status"] =
        kind == "Preapproval"
            ? Status(PreapprovalStatus.Pending, PreapprovalStatus.Info(PreapprovalStatus.Pending))
            : Status(PaymentStatus.PendingOnProvider, PaymentStatus.Info(PaymentStatus.PendingOnProvider)));

    /// <summary>What a forger would say: paid what is not, paid back what is paid, closed what is open.</summary>
    public static byte[] Opposite(string kind, int statusId, byte[] body) => Changed(body, item => item["Status"] =
        kind == "Preapproval" ? Status(statusId == Open ? PreapprovalStatus.ClosedByCustomer : Open, null)
        : PaymentStatus.IsSuccess(statusId) ? Status(Refunded, PaymentStatus.Info(Refunded))
        : Status(PaymentStatus.Success, PaymentStatus.Info(PaymentStatus.Success)));

    private static JsonObject Status(int id, string? info) =>
        new() { ["ID"] = id, ["Info"] = info, ["Reasons"] = null };

    // The object under the root key, or each row of the list there.
    private static byte[] Changed(byte[] body, Action<JsonObject> change)
    {
        var root = JsonNode.Parse(body)!.AsObject();
        foreach (var item in root.First().Value switch
        {
            JsonArray rows => rows.OfType<JsonObject>(),
            JsonObject one => [one],
            _ => []
        })
        {
            change(item);
        }

        return JsonSerializer.SerializeToUtf8Bytes(root, Plain);
    }
}
