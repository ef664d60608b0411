using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>What a reply about a preapproval means. Nothing is confirmed before it matches what was asked.</summary>
internal static class MandateResults
{
    /// <summary>Reads the reply to a POST, PATCH or DELETE.</summary>
    /// <param name="merchantPreapprovalId">What we asked about, where we named it.</param>
    /// <param name="id">The gateway's id that we named in the path; null for a creation.</param>
    public static MandateResult ToWrite(Reply reply, string? merchantPreapprovalId, int? id) =>
        NotSentOf(reply)
        ?? (reply.MayRefuse ? RefusedOr(reply, merchantPreapprovalId, id) : Matching(reply, merchantPreapprovalId, id));

    /// <summary>Reads the reply to a GET by id.</summary>
    public static MandateResult ToRead(Reply reply, string? merchantPreapprovalId, int id) =>
        NotSentOf(reply)
        ?? (reply.StatusCode == 404 ? new MandateResult.NotFound() : Matching(reply, merchantPreapprovalId, id));

    /// <returns>Null for a request that was sent.</returns>
    public static MandateResult? NotSentOf(Reply reply) =>
        reply.NotSentWait is { } wait ? new MandateResult.NotSent(reply.Symptom!, wait) : null;

    private static MandateResult Matching(Reply reply, string? merchantPreapprovalId, int? id)
    {
        if (!reply.IsSuccess
            || reply.Read(TolerantJson.PreapprovalEnvelope)?.Preapproval is not { } wire
            || PreapprovalReader.Read(wire) is not { } mandate)
        {
            return new MandateResult.Unknown(reply.SymptomOr("garbled"));
        }

        return merchantPreapprovalId is not null
            && !string.Equals(merchantPreapprovalId, mandate.Terms.MerchantPreapprovalId, StringComparison.Ordinal)
                ? new MandateResult.Unknown("mismatch_merchant_preapproval_id")
            : id is not null && id != mandate.Gateway.PreapprovalId ? new MandateResult.Unknown("mismatch_id")
            : new MandateResult.Confirmed(mandate);
    }

    // A duplicate (109) may show the other preapproval's id beside our MerchantPreapprovalID.
    private static MandateResult RefusedOr(Reply reply, string? merchantPreapprovalId, int? id)
    {
        var wire = reply.Read(TolerantJson.PreapprovalEnvelope)?.Preapproval;
        if (Refusal.SymptomOf(wire?.Status) is { } symptom)
        {
            return new MandateResult.Unknown(symptom);
        }

        if (wire is null || Refusal.Of(wire.Status) is not { } reason)
        {
            return new MandateResult.Unknown(reply.SymptomOr("garbled"));
        }

        var sameName = Same(merchantPreapprovalId, wire.MerchantPreapprovalID);
        var sameId = id is { } asked && wire.ID is > 0 ? asked == wire.ID : (bool?)null;

        return sameName == false ? new MandateResult.Unknown("mismatch_merchant_preapproval_id")
            : sameId == false ? new MandateResult.Unknown("mismatch_id")
            : sameName != true && sameId != true && reply.StatusCode != 404
                ? new MandateResult.Unknown(reply.SymptomOr("garbled"))
            : id is null && Refusal.IsDuplicateMandate(wire.Status) ? new MandateResult.Duplicate()
            : new MandateResult.Refused(reason.Code!, Sealed<string>.OfNullable(reason.Info));
    }

    // Null: not said, or nothing to compare with.
    private static bool? Same(string? asked, string? said) =>
        asked is null || string.IsNullOrEmpty(said) ? null : string.Equals(asked, said, StringComparison.Ordinal);
}
