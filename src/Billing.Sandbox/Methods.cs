namespace Billing.Sandbox;

/// <summary>What one payment method does differently (GLOBALPAY.md section 8, DESIGN.md section 5 "Method profiles").</summary>
/// <param name="SettlesAfterDays">Days of the sandbox clock until Success; null when the answer already says so.</param>
/// <param name="HasDetails">Preapproval answers end with a <c>Details</c> key.</param>
/// <param name="HasSecondSocialSecurityNumber">Customer carries <c>SocialSecurityNumber2</c>.</param>
/// <param name="NamesStatusWhenNotifying">False: the notification's Status.Info is null.</param>
internal sealed record Method(
    int Id,
    string Name,
    string LandingPath,
    double? SettlesAfterDays = null,
    bool HasDetails = false,
    bool HasSecondSocialSecurityNumber = false,
    bool HasMandateReference = false,
    bool CapsTheAggregate = false,
    bool NamesStatusWhenNotifying = true,
    bool NotifiesNullNumbers = false,
    string? OnlyCurrency = null,
    int? ShownSiteId = null,
    string? NotifiedCountry = null,
    bool NotifiesNoCurrency = false);

/// <summary>The methods with preapprovals. Skrill 1-TAP (78) has no POST /v1/preapprovals and comes in by fixture only.</summary>
internal sealed class Methods(SandboxSettings settings)
{
    private const string Alipay = "/AlipayOSP/Preapproval/PreapprovalLanding.aspx";

    private readonly Dictionary<int, Method> known = new Method[]
    {
        new(46, "MercadoPago", "/MercadoPago2/Landing/PreapprovalLanding.aspx"),
        new(58, "PayWithMyBank", "/PayWithMyBank/Landing/PreapprovalLanding.aspx", SettlesAfterDays: 1, CapsTheAggregate: true),
        new(84, "SEPA Direct Debit", "/SepaDD/Landing/PreapprovalLanding.aspx", SettlesAfterDays: settings.SepaDays, HasSecondSocialSecurityNumber: true, HasMandateReference: true, NamesStatusWhenNotifying: false, OnlyCurrency: "EUR"),
        new(1134, "GCash", Alipay, HasDetails: true, NamesStatusWhenNotifying: false),
        new(1135, "KakaoPay", Alipay, HasDetails: true, NamesStatusWhenNotifying: false, ShownSiteId: 30597, NotifiedCountry: "ID", NotifiesNoCurrency: true),
        new(1136, "Dana", Alipay, HasDetails: true, NamesStatusWhenNotifying: false),
        new(1143, "Truemoney", Alipay, HasDetails: true, NamesStatusWhenNotifying: false, NotifiesNullNumbers: true),
        new(1144, "Touch'n Go", Alipay, HasDetails: true, NamesStatusWhenNotifying: false),
        new(1145, "AlipayHK", Alipay, HasDetails: true, NamesStatusWhenNotifying: false),
    }.ToDictionary(m => m.Id);

    private static readonly Method Other = new(0, "Other", "/Landing/PreapprovalLanding.aspx");

    public IEnumerable<string> LandingPaths => known.Values.Select(m => m.LandingPath).Append(Other.LandingPath).Distinct();

    /// <summary>Null when the method takes no preapprovals.</summary>
    public Method? Find(int? id) => id is { } given ? known.GetValueOrDefault(given) : null;

    /// <summary>How a row of any method is shown, a fixture's too.</summary>
    public Method Of(int? id) => Find(id) ?? Other;
}
