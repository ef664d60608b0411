using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>What a reply about a preapproval means. Nothing is told before it matches what was asked.</summary>
internal static class MandateAnswers
{
    /// <summary>Reads the reply to a POST, PATCH or DELETE.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="merchantPreapprovalId">What we asked about, where we named it.</param>
    /// <param name="id">The gateway's id that we named in the path.</param>
    public static MandateAnswer ToWrite(Reply reply, string? merchantPreapprovalId, int? id) =>
        NeverLeft(reply) ?? (reply.MayRefuse ? RefusedOr(reply, merchantPreapprovalId, id) : Told(reply, merchantPreapprovalId, id));

    /// <summary>Reads the reply to a GET by id.</summary>
    public static MandateAnswer ToRead(Reply reply, string? merchantPreapprovalId, int id) =>
        NeverLeft(reply) ?? (reply.StatusCode == 404 ? new MandateAnswer.NotFound() : Told(reply, merchantPreapprovalId, id));

    /// <summary>Not null: nothing was asked at all.</summary>
    public static MandateAnswer? NeverLeft(Reply reply) => reply.NeverLeftWait is { } wait ? new MandateAnswer.NotSent(reply.Symptom!, wait) : null;

    private static MandateAnswer Told(Reply reply, string? merchantPreapprovalId, int? id)
    {
        if (!reply.IsSuccess
            || reply.Read(ForgivingJson.PreapprovalEnvelope)?.Preapproval is not { } wire
            || PreapprovalReader.Read(wire) is not { } mandate)
        {
            return new MandateAnswer.Unknown(reply.SymptomOr("garbled"));
        }

        return merchantPreapprovalId is not null && !string.Equals(merchantPreapprovalId, mandate.Terms.MerchantPreapprovalId, StringComparison.Ordinal)
            ? new MandateAnswer.Unknown("mismatch_merchant_preapproval_id")
            : id is not null && id != mandate.Gateway.PreapprovalId
            ? new MandateAnswer.Unknown("mismatch_id")
            : new MandateAnswer.Told(mandate);
    }

    // A duplicate (109) may show the other preapproval's id beside our MerchantPreapprovalID: that is a refusal all the same.
    private static MandateAnswer RefusedOr(Reply reply, string? merchantPreapprovalId, int? id)
    {
        var wire = reply.Read(ForgivingJson.PreapprovalEnvelope)?.Preapproval;
        if (Refusal.SymptomOf(wire?.Status) is { } symptom)
        {
            return new MandateAnswer.Unknown(symptom);
        }

        if (wire is null || Refusal.Of(wire.Status) is not { } reason)
        {
            return new MandateAnswer.Unknown(reply.SymptomOr("garbled"));
        }

        var (sameName, sameId) = (Same(merchantPreapprovalId, wire.MerchantPreapprovalID), id is { } asked && wire.ID is > 0 ? asked == wire.ID : (bool?)null);

        return sameName == false ? new MandateAnswer.Unknown("mismatch_merchant_preapproval_id")
            : sameId == false ? new MandateAnswer.Unknown("mismatch_id")
            : sameName == true || sameId == true || reply.StatusCode == 404 ? new MandateAnswer.Refused(reason.Code!, reason.Info)
            : new MandateAnswer.Unknown(reply.SymptomOr("garbled"));
    }

    // Null: not said, or nothing to compare with.
    private static bool? Same(string? asked, string? said) =>
        asked is null || string.IsNullOrEmpty(said) ? null : string.Equals(asked, said, StringComparison.Ordinal);
}
