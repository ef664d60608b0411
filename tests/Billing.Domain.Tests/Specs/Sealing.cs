using System.Security.Cryptography;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Tests.Specs;

/// <summary>Replaces encryption: what is sealed here can be read back, and equal values seal equally.</summary>
internal static class Sealing
{
    public static T Sealed<T>(this T @event)
        where T : PreapprovalEvent
    {
        foreach (var (_, value) in @event.SealedFields)
        {
            if (value is { IsSealed: false })
            {
                var plaintext = value.Plaintext();
                value.SealWith(plaintext, SHA256.HashData(plaintext)[..8]);
            }
        }

        return @event;
    }
}
