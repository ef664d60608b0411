using System.Reflection;
using System.Text.Json.Nodes;

namespace Billing.Demo;

/// <summary>Request bodies as GlobalPay's own documents print them, and our one extension.</summary>
internal static class Requests
{
    /// <summary>A fresh copy.</summary>
    /// <param name="name">Of the file under Requests.</param>
    public static JsonObject Read(string name)
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;

        return JsonNode.Parse(file)!.AsObject();
    }

    /// <summary>Adds a schedule: the price every month.</summary>
    /// <param name="firstDueOn">Null: the day of the approval; in a change, the day that held before.</param>
    /// <param name="timeZone">Null: the site's.</param>
    public static JsonObject WithSchedule(
        this JsonObject body, Money price, DateOnly? firstDueOn = null, string? timeZone = null)
    {
        body["Preapproval"]!["Schedule"] = new JsonObject
        {
            ["AmountMinor"] = price.Minor,
            ["Currency"] = price.Currency,
            ["Every"] = 1,
            ["Unit"] = "month",
            ["FirstDueOn"] = firstDueOn is { } first ? $"{first:O}" : null,
            ["TimeZone"] = timeZone,
        };

        return body;
    }
}
