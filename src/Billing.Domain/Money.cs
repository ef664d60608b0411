namespace Billing.Domain;

/// <summary>An amount in ISO 4217 minor units: 4990 BRL is 49.90 reais, 4990 KRW is 4990 won.</summary>
/// <param name="Minor">Minor units of the currency; its own number of decimals, never the gateway's hundredths.</param>
/// <param name="Currency">ISO 4217 alphabetic code, three upper-case letters.</param>
public readonly record struct Money(long Minor, string Currency);
