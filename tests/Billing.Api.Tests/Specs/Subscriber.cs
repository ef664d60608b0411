using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Specs;

/// <summary>One customer of the storefront, as both sides know them.</summary>
/// <param name="GatewayId">The gateway's numeric id.</param>
/// <param name="Id">Our stream.</param>
public sealed record Subscriber(World World, int GatewayId, Guid Id, string MerchantPreapprovalId)
{
    /// <summary>Monthly from today by default.</summary>
    public static JsonObject Schedule(long amountMinor = 4990, string currency = "BRL", string unit =
        "month", int every = 1, string? firstDueOn = null, string catchUp = "latest_only") => new()
        {
            ["AmountMinor"] = amountMinor, ["Currency"] = currency, ["Every"] = every, ["Unit"] = unit,
            ["FirstDueOn"] = firstDueOn, ["TimeZone"] = "Etc/UTC", ["CatchUp"] = catchUp,
        };

    public static JsonObject Request(string merchantPreapprovalId, int methodId = 46, JsonObject? schedule = null) =>
        new()
        {
            ["Preapproval"] = new JsonObject
            {
                ["MerchantPreapprovalID"] = merchantPreapprovalId,
                ["Description"] = "1 year subscription",
                ["ReturnURL"] = "http://demo.smart2pay.com/redirect.php",
                ["MethodID"] = methodId,
                ["Customer"] = new JsonObject
                {
                    ["FirstName"] = "John",
                    ["LastName"] = "Doe",
                    ["Email"] = "jdoe@example.com",
                    ["Phone"] = "0765260000",
                },
                ["BillingAddress"] = new JsonObject
                {
                    ["Street"] = "Tonelero",
                    ["StreetNumber"] = "1",
                    ["ZipCode"] = "23900-000",
                    ["City"] = "Rio de Janeiro",
                    ["Country"] = "BR",
                },
                ["Schedule"] = schedule,
            },
        };

    /// <summary>Asked for, not approved yet.</summary>
    public static async Task<Subscriber> Pending(
        World world, JsonObject? schedule = null, int methodId = 46, string? merchantPreapprovalId = null)
    {
        var name = merchantPreapprovalId ?? $"sub-{Guid.NewGuid():N}";
        using var answer = await world.Storefront.PostAsJsonAsync("v1/preapprovals", Request(name, methodId, schedule));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{(int)answer.StatusCode} {text}");
        var id = (int)JsonNode.Parse(text)!["Preapproval"]!["ID"]!;
        var view = JsonNode.Parse(await world.Storefront.GetStringAsync(
            $"v1/subscriptions?merchantPreapprovalId={name}"))!["subscriptions"]![0]!;

        return new Subscriber(world, id, (Guid)view["id"]!, name);
    }

    /// <summary>
    /// The same with a short time-out: a call that timed out is left to the look-ups and repeated under a new id.
    /// </summary>
    public static async Task<Subscriber> PendingAtLast(World world, JsonObject? schedule = null, int methodId = 46)
    {
        for (var tries = 1; ; tries++)
        {
            var name = $"sub-{Guid.NewGuid():N}";
            using var answer = await world.Storefront.PostAsJsonAsync(
                "v1/preapprovals", Request(name, methodId, schedule?.DeepClone().AsObject()));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(
                answer.StatusCode is HttpStatusCode.Created
                || (answer.StatusCode is HttpStatusCode.GatewayTimeout && tries < 10),
                $"{(int)answer.StatusCode} {text}");

            if (answer.StatusCode is HttpStatusCode.Created)
            {
                var view = JsonNode.Parse(await world.Storefront.GetStringAsync(
                    $"v1/subscriptions?merchantPreapprovalId={name}"))!["subscriptions"]![0]!;

                return new Subscriber(
                    world, (int)JsonNode.Parse(text)!["Preapproval"]!["ID"]!, (Guid)view["id"]!, name);
            }
        }
    }

    /// <summary>Approved by the customer; with a schedule due today, its first period is charged.</summary>
    public static async Task<Subscriber> Open(World world, JsonObject? schedule = null, int methodId = 46)
    {
        var subscriber = await Pending(world, schedule, methodId);
        await world.Sandbox.ApproveAsync(subscriber.GatewayId);
        await world.UntilIdle();

        return subscriber;
    }

    public async Task<JsonNode> View() =>
        JsonNode.Parse(await World.Storefront.GetStringAsync($"v1/subscriptions/{Id}"))!;

    public Task<JsonNode[]> Payments() => All("payments");

    public Task<JsonNode[]> Events() => All("events");

    /// <summary>The stored names of the events, in order.</summary>
    public async Task<string[]> Story() => [.. (await Events()).Select(e => (string)e["type"]!)];

    public async Task<(HttpStatusCode Status, JsonNode Body)> Charge(
        string merchantTransactionId, long hundredths = 100, string currency = "BRL")
    {
        using var answer = await World.Storefront.PostAsJsonAsync("v1/payments/recurrent", new JsonObject
        {
            ["Payment"] = new JsonObject
            {
                ["PreapprovalID"] = GatewayId,
                ["MerchantTransactionID"] = merchantTransactionId,
                ["Amount"] = hundredths,
                ["Currency"] = currency,
            },
        });

        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    // A list of one subscription, page by page.
    private async Task<JsonNode[]> All(string list)
    {
        var (rows, next) = (new List<JsonNode>(), "");

        do
        {
            var page = JsonNode.Parse(await World.Storefront.GetStringAsync($"v1/subscriptions/{Id}/{list}{next}"))!;
            rows.AddRange(page[list]!.AsArray().OfType<JsonNode>());
            next = page["next"] is { } after ? $"?after={after}" : "";
        }
        while (next != "");

        return [.. rows];
    }
}
