using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Importing;
using Billing.Api.Tests.Specs;
using Files = Billing.Api.Tests.Importing.Imports;

namespace Billing.Api.Tests.Simulating;

/// <summary>Customers of every method, with schedules of every kind, drawn from a seed.</summary>
internal static class Crowd
{
    private const int AtOnce = 16;

    private static readonly (int Id, string Currency, string Country, string Zone)[] Methods =
    [
        (46, "BRL", "BR", "America/Sao_Paulo"), (58, "USD", "US", "America/New_York"),
        (84, "EUR", "DE", "Europe/Berlin"), (1134, "PHP", "PH", "Asia/Manila"), (1135, "KRW", "KR", "Asia/Seoul"),
        (1136, "IDR", "ID", "Asia/Jakarta"), (1143, "THB", "TH", "Asia/Bangkok"),
        (1144, "MYR", "MY", "Asia/Kuala_Lumpur"), (1145, "HKD", "HK", "Asia/Hong_Kong"),
    ];

    private const int Imported = 4;

    /// <summary>All are asked for; one in thirty never approves. Some more are imported.</summary>
    public static async Task<IReadOnlyList<Customer>> GatherAsync(World world, int count, Random random)
    {
        var crowd = Enumerable.Range(0, count).Select(number => Draw(number, random)).ToList();
        await Parallel.ForEachAsync(
            crowd, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (customer, ct) =>
            {
                using var answer = await world.Storefront.PostAsJsonAsync("v1/preapprovals", customer.Request, ct);
                var text = await answer.Content.ReadAsStringAsync(ct);
                Assert.True(answer.IsSuccessStatusCode, text);
                customer.GatewayId = (int)JsonNode.Parse(text)!["Preapproval"]!["ID"]!;

                if (customer.Number % 30 != 29)
                {
                    await world.Sandbox.ApproveAsync(customer.GatewayId);
                }
            });

        crowd.AddRange(await ImportAsync(world, count));

        foreach (var customer in crowd)
        {
            customer.Id = await world.QueryAsync<Guid>(
                "select preapproval_id from subscriptions where gateway_preapproval_id = $1", (long)customer.GatewayId);
        }

        return crowd;
    }

    // Another system has charged them for a year on the last day of each month; every second one has a year left.
    private static async Task<IEnumerable<Customer>> ImportAsync(World world, int number)
    {
        var ids = await world.Sandbox.HasAsync(Imported, new JsonObject { ["MethodID"] = 46 });
        var import = await world.ImportAsync(Files.File(ids.Select((id, index) =>
            Files.Row(id, ("periodsLeft", index % 2 == 0 ? 12 : null)))));
        Assert.Equal($"done, {Imported} rows, {Imported} imported", Files.Counts(import));

        return ids.Select((id, index) => new Customer(
            number + index, "BRL",
            Subscriber.Request(
                $"old-{id}", 46, Subscriber.Schedule(4990, "BRL", "month", 1, firstDueOn: "2029-01-31")))
        {
            GatewayId = id,
        });
    }

    private static Customer Draw(int number, Random random)
    {
        var (id, currency, country, zone) = Methods[number % Methods.Length];
        var (unit, every) = random.Next(20) switch
        {
            < 1 => ("week", 1),
            < 2 => ("week", 2),
            < 8 => ("month", 3),
            < 11 => ("year", 1),
            _ => ("month", 1)
        };
        var schedule = Subscriber.Schedule(
            100 * (10 + random.Next(5000)), currency, unit, every,
            $"{new DateOnly(2030, 1, 2).AddDays(random.Next(60)):yyyy-MM-dd}",
            random.Next(3) == 0 ? "bill_all" : "latest_only");
        schedule["TimeZone"] = zone;
        schedule["AfterRetries"] = (number % 4) switch { 0 => "suspend", 1 => "close", _ => null };
        var request = Subscriber.Request($"sim-{number}", id, schedule);
        request["Preapproval"]!["BillingAddress"]!["Country"] = country;
        request["Preapproval"]!["Customer"]!["Email"] = $"customer{number}@example.com";

        return new Customer(number, currency, request);
    }
}

internal sealed record Customer(int Number, string Currency, JsonObject Request)
{
    public int GatewayId { get; set; }

    public Guid Id { get; set; }
}
