using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Billing.Testing;

/// <summary>Calls like an official client library, and reads as strictly as the .NET one: no unexpected null.</summary>
public sealed class OfficialClient(Uri address, bool isDotNet, string credentials = "30201:gateway-key-30201")
    : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = address };

    public Task<JsonElement> PostAsync(string path, string? body, HttpStatusCode expected) =>
        CallAsync(HttpMethod.Post, path, body, expected);

    public Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) =>
        CallAsync(HttpMethod.Get, path, null, expected);

    public async Task<JsonElement> CallAsync(HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        if (isDotNet)
        {
            request.Headers.Add("RequestId", Guid.NewGuid().ToString());
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        }
        else
        {
            // The PHP client announces a body of no bytes where it has none, on GET too.
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body ?? ""))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") }
            };
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var json = JsonSerializer.Deserialize<JsonElement>(text);
        Readable.Check(json);
        return json;
    }

    public void Dispose() => http.Dispose();
}

/// <summary>What the .NET client's types demand (docs/globalpay.md section 13).</summary>
public static class Readable
{
    public static void Check(JsonElement answer)
    {
        var root = answer.EnumerateObject().First();
        switch (root.Name)
        {
            case "Preapproval":
                Preapproval(root.Value);
                break;
            case "Preapprovals":
                Assert.All(root.Value.EnumerateArray(), Preapproval);
                break;
            case "Payment":
                Payment(root.Value);
                break;
            case "Payments":
                Assert.All(root.Value.EnumerateArray(), Payment);
                Numbers(answer, "Count", "TotalPages", "TotalCount", "PageIndex", "PageSize");
                break;
            case "Refund":
                Refund(root.Value);
                break;
            case "Refunds":
                Assert.All(root.Value.EnumerateArray(), Refund);
                break;
            case "RefundTypes":
                Assert.All(root.Value.EnumerateArray(), type => Numbers(type, "ID"));
                break;
            default:
                Assert.Fail($"{root.Name} is no envelope.");
                break;
        }
    }

    private static void Preapproval(JsonElement row)
    {
        Numbers(row, "MethodOptionID");
        Numbers(row.GetProperty("Status"), "ID");
        Persons(row);
        Amounts(row, "PreapprovedMaximumAmount");
        Reasons(row);
    }

    private static void Payment(JsonElement row)
    {
        Persons(row);
        Amounts(row, "Amount", "CapturedAmount");
        Reasons(row);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("Details").ValueKind);
        Assert.All(
            ["ID", "MethodID", "SiteID", "PreapprovalID"],
            key => Assert.True(
                row.GetProperty(key).ValueKind is JsonValueKind.Null || row.GetProperty(key).TryGetInt32(out _), key));
    }

    private static void Refund(JsonElement row)
    {
        Numbers(row, "ID", "InitialPaymentID", "TypeID");
        Persons(row);
        Amounts(row, "Amount");
        Reasons(row);
    }

    private static void Persons(JsonElement row)
    {
        foreach (var key in new[] { "Customer", "BillingAddress", "BankAddress" })
        {
            if (row.TryGetProperty(key, out var part) && part.ValueKind == JsonValueKind.Object)
            {
                Numbers(part, "ID");
            }
        }
    }

    // Numbers, or strings of digits; both clients take both.
    private static void Amounts(JsonElement row, params string[] keys) => Assert.All(keys, key =>
        Assert.True(
            row.GetProperty(key).ValueKind is JsonValueKind.Null
            || long.TryParse(row.GetProperty(key).ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out _),
            key));

    // The PHP client reads Code as a number, the .NET one as a text.
    private static void Reasons(JsonElement row)
    {
        var reasons = row.GetProperty("Status").GetProperty("Reasons");
        if (reasons.ValueKind != JsonValueKind.Null)
        {
            Assert.All(
                reasons.EnumerateArray(),
                reason => Assert.True(int.TryParse(reason.GetProperty("Code").GetString(), out _)));
        }
    }

    private static void Numbers(JsonElement row, params string[] keys) => Assert.All(
        keys, key => Assert.True(row.GetProperty(key).TryGetInt32(out _), $"{key} is {row.GetProperty(key)}"));
}
