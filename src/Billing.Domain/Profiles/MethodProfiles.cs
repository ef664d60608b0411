namespace Billing.Domain.Profiles;

/// <summary>The profiles in force, one line per method.</summary>
/// <remarks>
/// From GLOBALPAY.md sections 7 and 8: 46 answers at once (seen on the real gateway), 58 later; 84 takes EUR only and days; 84 and 1143 want
/// the preapproval's description and country again. [?], stated nowhere, chosen to be cautious: that the other wallets answer at
/// once, every window, every delay and number of attempts. Currencies of examples are not taken for limits: the
/// gateway may convert.
/// </remarks>
public static class MethodProfiles
{
    private static readonly RetryPolicy AtOnce = new(1, [TimeSpan.FromDays(1), TimeSpan.FromDays(3), TimeSpan.FromDays(7)]);
    private static readonly RetryPolicy BankTransfer = new(1, [TimeSpan.FromDays(2), TimeSpan.FromDays(5)]);

    // A returned direct debit costs a fee, and its reason reaches us in a form that no source states.
    private static readonly RetryPolicy Cautious = new(1, [TimeSpan.FromDays(7)]);

    private static readonly Dictionary<int, MethodProfile> Known = new MethodProfile[]
    {
        new(46, 1, "MercadoPago", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(58, 1, "PayWithMyBank", ResultTiming.Later, 7, BankTransfer, [], false),
        new(84, 1, "SEPA Direct Debit", ResultTiming.Later, 14, Cautious, ["EUR"], true),
        new(1134, 1, "GCash", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(1135, 1, "KakaoPay", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(1136, 1, "Dana", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(1143, 1, "Truemoney", ResultTiming.AtOnce, 3, AtOnce, [], true),
        new(1144, 1, "Touch'n Go", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(1145, 1, "AlipayHK", ResultTiming.AtOnce, 3, AtOnce, [], false),
    }.ToDictionary(profile => profile.MethodId);

    /// <summary>The profile in force for a method of the gateway; for one that we do not know a cautious one, version 0.</summary>
    public static MethodProfile For(int methodId) =>
        Known.GetValueOrDefault(methodId) ?? new MethodProfile(methodId, 0, "unknown", ResultTiming.Later, 14, Cautious, [], false);
}
