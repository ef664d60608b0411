namespace Billing.Sandbox.Settings;

/// <summary>What one payment method does differently (docs/globalpay.md section 8).</summary>
/// <param name="Currency">
/// From the documents' examples; enforced if <paramref name="IsOneCurrency"/> or Sandbox__StrictMethods.
/// </param>
/// <param name="Country">Of the documents' examples; null where they show several.</param>
/// <param name="IsOneCurrency">The documents say that it takes no other.</param>
/// <param name="SettlesAfterDays">Days of the sandbox clock until Success; null: the answer says it.</param>
/// <param name="RefundsAfterDays">Days of the sandbox clock until a refund succeeds; most documents say 1-3.</param>
/// <param name="RefundTypeId">Not documented: native, and for SEPA as in the documents' EUR examples.</param>
/// <param name="RepeatsTheMandate">A charge has to say Description and Country again.</param>
/// <param name="NeedsAddress">Street, city and code too; and address parts as SEPA spells them.</param>
/// <param name="HasDetails">Preapproval answers end with a <c>Details</c> key.</param>
/// <param name="HasSecondSocialSecurityNumber">Customer carries <c>SocialSecurityNumber2</c>.</param>
/// <param name="NamesStatusWhenNotifying">False: the notification's Status.Info is null.</param>
/// <param name="ShowsFraud">Payments carry a <c>Fraud</c> key, and a Description that is never null.</param>
internal sealed record Method(
    int Id,
    string Name,
    string LandingPath,
    string? Currency = null,
    string? Country = null,
    bool IsOneCurrency = false,
    double? SettlesAfterDays = null,
    bool TakesExecutionDate = false,
    double RefundsAfterDays = 1,
    int RefundTypeId = 1,
    ReversalWindow? Reversals = null,
    bool RepeatsTheMandate = false,
    bool NeedsName = false,
    bool NeedsAddress = false,
    bool CapsTheAggregate = false,
    bool HasDetails = false,
    bool HasSecondSocialSecurityNumber = false,
    bool HasMandateReference = false,
    bool NamesStatusWhenNotifying = true,
    bool NotifiesNullNumbers = false,
    bool ShowsFraud = false,
    int? ShownSiteId = null,
    string? NotifiedCountry = null,
    bool NotifiesNoCurrency = false);

/// <param name="Weeks">For so long the customer needs no reason.</param>
/// <param name="Months">After so long nothing is reversed any more.</param>
internal sealed record ReversalWindow(int Weeks, int Months);

/// <summary>The methods with preapprovals. Skrill 1-TAP (78) has no POST /v1/preapprovals, only fixtures.</summary>
internal sealed class Methods(SandboxSettings settings)
{
    private const string Alipay = "/AlipayOSP/Preapproval/PreapprovalLanding.aspx";

    private readonly Dictionary<int, Method> known = new[]
    {
        new Method(46, "MercadoPago", "/MercadoPago2/Landing/PreapprovalLanding.aspx", "BRL", "BR"),
        new Method(
            58, "PayWithMyBank", "/PayWithMyBank/Landing/PreapprovalLanding.aspx", "USD", "US", SettlesAfterDays: 1,
            NeedsName: true, CapsTheAggregate: true, ShowsFraud: true),
        new Method(84, "SEPA Direct Debit", "/SepaDD/Landing/PreapprovalLanding.aspx", "EUR")
        {
            IsOneCurrency = true, SettlesAfterDays = settings.SepaDays, TakesExecutionDate = true, RefundsAfterDays = 2,
            RefundTypeId = 5, Reversals = new ReversalWindow(Weeks: 8, Months: 13),
            RepeatsTheMandate = true, NeedsName = true, NeedsAddress = true, HasSecondSocialSecurityNumber = true,
            HasMandateReference = true, NamesStatusWhenNotifying = false,
        },
        Wallet(1134, "GCash", "PHP", "PH"),
        Wallet(1135, "KakaoPay", "KRW", "KR") with
        {
            ShownSiteId = 30597, NotifiedCountry = "ID", NotifiesNoCurrency = true
        },
        Wallet(1136, "Dana", "IDR", "ID"),
        Wallet(1143, "Truemoney", "THB", "TH") with { RepeatsTheMandate = true, NotifiesNullNumbers = true },
        Wallet(1144, "Touch'n Go", "MYR", "MY"),
        Wallet(1145, "AlipayHK", "HKD", "HK"),
    }.ToDictionary(m => m.Id);

    private static readonly Method Other = new(0, "Other", "/Landing/PreapprovalLanding.aspx");

    public IEnumerable<string> LandingPaths =>
        known.Values.Select(m => m.LandingPath).Append(Other.LandingPath).Distinct();

    /// <summary>Null when the method takes no preapprovals.</summary>
    public Method? Find(int? id) => id is { } given ? known.GetValueOrDefault(given) : null;

    /// <summary>How a row of any method is shown, a fixture's too.</summary>
    public Method Of(int? id) => Find(id) ?? Other;

    /// <summary>
    /// Refused only if asked to: by contract, the gateway may convert a currency that a method lacks.
    /// </summary>
    public bool Takes(Method method, string? currency) =>
        currency is null
        || method.Currency is null || currency == method.Currency || !(method.IsOneCurrency || settings.StrictMethods);

    public bool Serves(Method method, string? country) =>
        country is null || method.Country is null
        || string.Equals(country, method.Country, StringComparison.OrdinalIgnoreCase) || !settings.StrictMethods;

    private static Method Wallet(int id, string name, string currency, string country) =>
        new(id, name, Alipay, currency, country, HasDetails: true, NamesStatusWhenNotifying: false);
}
