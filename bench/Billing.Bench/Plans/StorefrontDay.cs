using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Billing.Bench.Plans;

/// <summary>What storefronts, customers and the support desk ask in a day, each once or a few times; jobs, pump and feed run beside it.</summary>
internal sealed class StorefrontDay(HttpClient service, HttpClient sandbox, string name)
{
    private const int Customers = 4;

    /// <param name="feedFrom">Behind what is in the feed already.</param>
    public async Task LiveAsync(long feedFrom)
    {
        var ids = new List<(int Gateway, string Stream)>();
        for (var i = 0; i < Customers; i++)
        {
            var merchantId = $"{name}-{i}";
            var asked = await PostAsync("v1/preapprovals", Preapproval(merchantId, "1 year subscription"));
            var gateway = (int)asked["Preapproval"]!["ID"]!;
            (await sandbox.PostAsync($"sandbox/preapprovals/{gateway}/approve", null)).EnsureSuccessStatusCode();
            ids.Add((gateway, (string)(await GetAsync($"v1/subscriptions?merchantPreapprovalId={merchantId}"))["subscriptions"]![0]!["id"]!));
        }

        foreach (var (gateway, stream) in ids)
        {
            var ours = $"v1/subscriptions/{stream}";
            await UntilAsync(async () => (await GetAsync($"{ours}/payments"))["payments"]!.AsArray() is [var paid] && (string)paid!["status"]! == "charged");
            var extra = await PostAsync($"{ours}/charges", new JsonObject { ["merchantTransactionId"] = $"{name}-extra-{gateway}", ["amountMinor"] = 500, ["currency"] = "BRL" });
            await PostAsync("v1/payments/recurrent", new JsonObject
            {
                ["Payment"] = new JsonObject { ["PreapprovalID"] = gateway, ["MerchantTransactionID"] = $"{name}-more-{gateway}", ["Amount"] = 100, ["Currency"] = "BRL" },
            });
            foreach (var path in (string[])
            [
                ours, $"{ours}/events", $"{ours}/upcoming", $"{ours}/explain", $"v1/payments/{extra["gatewayPaymentId"]}", $"v1/payments/{extra["gatewayPaymentId"]}/explain",
                $"v1/preapprovals/{gateway}", $"v1/preapprovals/{gateway}/payments", "v1/preapprovals?limit=4", "v1/payments?pageSize=4", "v1/subscriptions", "v1/subscriptions?status=open", $"v1/feed?after={feedFrom}", "health/ready",
            ])
            {
                await GetAsync(path);
            }

            await PostAsync("v1/subscriptions/search", new JsonObject { ["email"] = $"{name}@example.com" });
            await PostAsync($"{ours}/skip", new JsonObject());
            await PostAsync($"{ours}/pause", null);
            await PostAsync($"{ours}/resume", null);
            await SendAsync(HttpMethod.Patch, $"v1/preapprovals/{gateway}", Preapproval((string)(await GetAsync(ours))["merchantPreapprovalId"]!, "changed"));
            await SendAsync(HttpMethod.Delete, $"v1/preapprovals/{gateway}", null);
            await GetAsync($"{ours}/closing");
        }

        await UntilAsync(async () => (await GetAsync($"v1/feed?after={feedFrom}"))["events"]!.AsArray().Count(e => (string)e!["type"]! == "preapproval_closed") == Customers);
    }

    public static AuthenticationHeaderValue Storefront { get; } = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("30201:storefront-key-30201")));

    private JsonObject Preapproval(string merchantId, string description) => new()
    {
        ["Preapproval"] = new JsonObject
        {
            ["MerchantPreapprovalID"] = merchantId, ["Description"] = description, ["ReturnURL"] = "https://shop.example/return", ["MethodID"] = 46,
            ["Customer"] = new JsonObject { ["FirstName"] = "Ada", ["LastName"] = "Example", ["Email"] = $"{name}@example.com" },
            ["BillingAddress"] = new JsonObject { ["City"] = "Rio de Janeiro", ["ZipCode"] = "23900-000", ["Street"] = "Tonelero", ["StreetNumber"] = "1", ["Country"] = "BR" },
            ["Schedule"] = new JsonObject { ["AmountMinor"] = 990, ["Currency"] = "BRL", ["Every"] = 1, ["Unit"] = "month", ["TimeZone"] = "Etc/UTC" },
        },
    };

    private Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    private Task<JsonNode> PostAsync(string path, JsonObject? body) => SendAsync(HttpMethod.Post, path, body);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = Storefront }, Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await service.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();

        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var watch = Stopwatch.StartNew(); !await holds(); await Task.Delay(100))
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(3))
            {
                throw new TimeoutException("The service did not come to it in three minutes.");
            }
        }
    }
}
