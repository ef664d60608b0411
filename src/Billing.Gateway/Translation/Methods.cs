using System.Collections.Frozen;

namespace Billing.Gateway.Translation;

/// <summary>What the wire does differently per payment method (docs/globalpay.md).</summary>
public static class Methods
{
    private static readonly FrozenSet<int> AlipayFamily = FrozenSet.Create(1134, 1135, 1136, 1143, 1144, 1145);

    // 69, 75 and 78 recur as well, but their preapproval is a payment, not a POST of its own.
    private static readonly FrozenSet<int> WithPreapprovals =
        FrozenSet.Create(46, 58, 84, 1134, 1135, 1136, 1143, 1144, 1145);

    /// <summary>True when POST /v1/preapprovals takes the method.</summary>
    public static bool TakesPreapprovals(int methodId) => WithPreapprovals.Contains(methodId);

    /// <summary>True when a preapproval of the method shows the key Details.</summary>
    public static bool HasDetails(int? methodId) => methodId is { } id && AlipayFamily.Contains(id);

    /// <summary>True when the Customer of the method shows the key SocialSecurityNumber2.</summary>
    public static bool HasSecondSocialSecurityNumber(int? methodId) => methodId == 84;
}
