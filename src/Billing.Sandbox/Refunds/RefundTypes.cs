using System.Text.Json;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Refunds;

/// <summary>How money goes back (docs/globalpay.md section 10).</summary>
internal sealed record RefundType(int Id, bool AllowsPartialRefund)
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [1] = "Native",
        [2] = "SEPABankTransfer",
        [3] = "SWIFTBankTransfer",
        [4] = "ManualSupportWorkNoInfo",
        [5] = "SEPABankTransferNoInfo",
        [6] = "SWIFTBankTransferNoInfo",
        [7] = "LocalBankTransfer",
        [8] = "LocalBankTransferNoInfo",
        [9] = "ManualSupportWorkDetailsNeeded",
        [10] = "LocalBankTransfer2API",
    };

    public string Name => Names[Id];

    /// <summary>Name, bank and account of the customer go with the request.</summary>
    public bool NeedsBankDetails => Id == 2;

    public static bool Knows(int id) => Names.ContainsKey(id);
}

/// <summary>Which type each method has; a tool may replace it, because no source names any for our methods.</summary>
internal sealed class RefundTypes(Methods methods, Journal journal) : IRemembered
{
    private readonly Dictionary<int, RefundType> changed = [];

    public RefundType Of(int? methodId) =>
        methodId is { } id && changed.TryGetValue(id, out var other)
            ? other
            : new RefundType(methods.Of(methodId).RefundTypeId, AllowsPartialRefund: true);

    public void Change(int methodId, RefundType type)
    {
        changed[methodId] = type;
        journal.Write("refund_type", new Row(methodId, type.Id, type.AllowsPartialRefund));
    }

    public void Recall(string kind, JsonElement row)
    {
        if (kind == "refund_type" && row.Deserialize<Row>() is { } known)
        {
            changed[known.MethodId] = new RefundType(known.TypeId, known.AllowsPartialRefund);
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() =>
        changed.Select(c => ("refund_type", (object)new Row(c.Key, c.Value.Id, c.Value.AllowsPartialRefund)));

    public void Forget() => changed.Clear();

    private sealed record Row(int MethodId, int TypeId, bool AllowsPartialRefund);
}
