namespace Billing.Bench.Charging;

/// <summary>What a charge row needs.</summary>
/// <param name="Due">Subscriptions that fall due each month.</param>
internal sealed record ChargeWorldPlan(int Due)
{
    /// <summary>Further subscriptions that never fall due.</summary>
    public int NotDue { get; init; }

    /// <summary>Months that each due subscription has been charged for already.</summary>
    public int PastPeriods { get; init; }

    /// <summary>Over how many seconds of their day they fall due; null: all at once.</summary>
    public int? OverSeconds { get; init; }

    /// <summary>Whether the gateway notifies the service of each charge.</summary>
    public bool IsNotified { get; init; }

    /// <summary>Whether calls fail, so that a charge may be sent again after a look-up.</summary>
    public bool IsTroubled { get; init; }

    /// <summary>Charging__PageSize; null: its default.</summary>
    public int? PageSize { get; init; }
}
