using System.Collections.Frozen;

namespace Billing.Domain.Profiles;

/// <summary>
/// The profiles in force, one line per method; docs/method-profiles.md is the same as a table, and a test compares
/// them.
/// </summary>
/// <remarks>
/// From docs/globalpay.md: 46 answers at once (seen on the real gateway), 58 later, and its maximum bounds the sum of
/// all charges; 84 takes EUR only and
/// days, may be taken back for eight weeks and up to 13 months, and names the day of its debit; 84 and 1143 want the
/// preapproval's description and country again. From the SEPA rulebook: a mandate that was not used for 36 months
/// lapses.
/// [?], stated nowhere, chosen to be cautious: that the other wallets answer at once, every window, every delay and
/// number of attempts, lead times, notice and
/// roll rules; that the maximum of the others bounds each charge.
/// Currencies and countries of examples are not taken for limits: the gateway may convert.
/// </remarks>
public sealed class MethodProfiles
{
    private static readonly RetryPolicy AtOnce = new(
        1, [TimeSpan.FromDays(1), TimeSpan.FromDays(3), TimeSpan.FromDays(7)]);
    private static readonly RetryPolicy BankTransfer = new(1, [TimeSpan.FromDays(2), TimeSpan.FromDays(5)]);
    private static readonly RetryPolicy Cautious = new(1, [TimeSpan.FromDays(7)]);

    // A returned direct debit costs a fee. [?] that the gateway passes the banks' own reasons (ISO 20022) on as codes;
    // those that say
    // that the account or the mandate is gone end the period.
    private static readonly RetryPolicy DirectDebit = new(2, [TimeSpan.FromDays(7)])
    {
        ForNow = ["AM04"],
        ForGood = ["AC01", "AC04", "AC06", "AC13", "AG01", "AG02", "MD01", "MD06", "MD07", "MS02", "SL01"],
    };

    private readonly FrozenDictionary<int, MethodProfile> _known;

    private MethodProfiles(IEnumerable<MethodProfile> known) =>
        _known = known.ToFrozenDictionary(profile => profile.MethodId);

    /// <summary>Those that the product brings.</summary>
    public static MethodProfiles BuiltIn { get; } = new(
    [
        new(46, 2, "MercadoPago", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(58, 3, "PayWithMyBank", ResultTiming.Later, 7, BankTransfer, [], false) { Cap = CapRule.Aggregate },
        new(
            84, 3, "SEPA Direct Debit", ResultTiming.Later, 14, DirectDebit, ["EUR"],
            true) { TakesExecutionDate = true, ReversalDays = 396, LapseMonths = 36 },
        new(1134, 2, "GCash", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(1135, 2, "KakaoPay", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(1136, 2, "Dana", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(1143, 2, "Truemoney", ResultTiming.AtOnce, 3, AtOnce, [], true),
        new(1144, 2, "Touch'n Go", ResultTiming.AtOnce, 3, AtOnce, [], false),
        new(1145, 2, "AlipayHK", ResultTiming.AtOnce, 3, AtOnce, [], false),
    ]);

    public IReadOnlyList<MethodProfile> All => [.. _known.Values.OrderBy(profile => profile.MethodId)];

    /// <summary>
    /// The profile in force for a method of the gateway; for one that we do not know a cautious one, version 0.
    /// </summary>
    public MethodProfile Of(int methodId) =>
        _known.GetValueOrDefault(methodId) ?? new MethodProfile(
            methodId, 0, "unknown", ResultTiming.Later, 14, Cautious, [], false);

    /// <summary>The same with some of them replaced or added.</summary>
    public MethodProfiles With(IReadOnlyCollection<MethodProfile> own) =>
        own.Count == 0
            ? this
            : new(_known.Values.Where(profile => own.All(other => other.MethodId != profile.MethodId)).Concat(own));
}
