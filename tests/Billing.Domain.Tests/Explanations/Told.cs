using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Tests.Explanations;

/// <summary>Example streams as explanations read them.</summary>
internal static class Told
{
    private static readonly Dictionary<Type, string> Names = StoredEvents.All.ToDictionary(stored => stored.ClrType, stored => stored.Name);

    /// <summary>Each event caused by "storefront-30201" and happening when it says so.</summary>
    public static Happened[] Story(params PreapprovalEvent[] events) => [.. events.Select((e, index) => new Happened(index + 1, Names[e.GetType()], TimeOf(e), TimeOf(e), "storefront-30201", e))];

    public static Happened[] Story(PreapprovalEvent[] events, params PreapprovalEvent[] more) => Story([.. events, .. more]);

    // Each event names one instant of its own: when it happened.
    private static DateTimeOffset TimeOf(PreapprovalEvent e) => e.GetType().GetProperties()
        .Where(property => property.PropertyType == typeof(DateTimeOffset) && property.Name is not ("DueAt" or "NextLookUpAt"))
        .Select(property => (DateTimeOffset)property.GetValue(e)!)
        .Single();
}
