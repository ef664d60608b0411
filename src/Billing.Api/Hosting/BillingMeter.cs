namespace Billing.Api.Hosting;

/// <summary>The name of the service's own metrics.</summary>
public static class BillingMeter
{
    public const string Name = "Billing";
}
