using System.Globalization;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Calls;

/// <summary>The gateway's return codes that the sandbox gives itself (docs/globalpay.md section 3).</summary>
internal enum ReturnCode
{
    MissingParameter = 1,
    ValidationFailed = 2,
    MethodInvalid = 5,
    PreapprovalInvalid = 12,
    PreapprovedPaymentInvalid = 13,
    PaymentInvalid = 17,
    RefundInvalid = 18,
    CountryNotServed = 19,
    TransactionIdDuplicated = 20,
    CurrencyInvalid = 100,
    EmailMissing = 101,
    EmailInvalid = 102,
    MerchantPreapprovalIdMissing = 103,
    MerchantPreapprovalIdInvalid = 104,
    ReturnUrlMissing = 105,
    ReturnUrlInvalid = 106,
    DescriptionMissing = 107,
    DescriptionInvalid = 108,
    MerchantPreapprovalIdDuplicated = 109,
    MethodInvalidForPreapproval = 111,
    PreapprovalIdMissing = 115,
    AmountInvalid = 118,
    BalanceInsufficient = 119,
    CountryInvalid = 120,
    CustomerDetailsInvalid = 123,
    BankDetailsInvalid = 124,
    CustomerNameInvalid = 126,
}

internal static class ReturnCodes
{
    private static readonly Dictionary<int, string> Infos = new()
    {
        [0] = "Undefined",
        [1] = "Missing parameter",
        [2] = "Validation failed",
        [3] = "Merchant ID does not exist",
        [4] = "Merchant inactive",
        [5] = "Method is invalid",
        [9] = "Method is unavailable",
        [12] = "Preapproval is invalid",
        [13] = "Preapproved payment is invalid",
        [14] = "Generic error",
        [15] = "Unable to process the transaction",
        [16] = "An error has occurred. Please try again later",
        [17] = "Payment is invalid",
        [18] = "Refund is invalid",
        [19] = "Country is invalid",
        [20] = "MerchantTransactionID is duplicated",
        [100] = "Currency is invalid",
        [101] = "Customer email is missing",
        [102] = "Customer email is invalid",
        [103] = "Merchant preapproval ID is missing",
        [104] = "Merchant preapproval ID is invalid",
        [105] = "Preapproval return URL is missing",
        [106] = "Preapproval return URL is invalid",
        [107] = "Preapproval description is missing",
        [108] = "Preapproval description is invalid",
        [109] = "Merchant preapproval ID is duplicated",
        [110] = "Customer email is invalid for preapproval",
        [111] = "Method ID is invalid for preapproval",
        [112] = "Preapproval error",
        [113] = "Preapproval action is invalid",
        [114] = "Invalid preapproval details received",
        [115] = "Preapproval ID is missing",
        [116] = "Customer phone is missing",
        [117] = "Customer phone is invalid",
        [118] = "Amount invalid",
        [119] = "Customer balance is insufficient",
        [120] = "Country code is invalid",
        [121] = "Unable to authorize transaction",
        [122] = "Unable to cancel transaction",
        [123] = "Invalid customer details",
        [124] = "Invalid bank details",
        [125] = "Bank is offline",
        [126] = "Customer name is invalid",
        [127] = "Site ID is missing",
        [128] = "Article is missing",
    };

    /// <summary>Any code, also one that the list does not name; then the info is as given.</summary>
    public static Reason Reason(int code, string? info = null) =>
        new(code.ToString(CultureInfo.InvariantCulture), info ?? Infos.GetValueOrDefault(code));

    public static Reason Plain(this ReturnCode code) => Reason((int)code);

    /// <summary>The code's text with what it is about behind it.</summary>
    public static Reason Because(this ReturnCode code, string what) => Reason((int)code, $"{Infos[(int)code]}: {what}");
}
