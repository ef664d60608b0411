using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Importing;

/// <summary>Preapprovals that only the gateway has, and files that name them.</summary>
internal static class Imports
{
    public const string Ndjson = "application/x-ndjson";
    public const string Csv = "text/csv";
    private static int lastId = 400_000;

    /// <summary>Makes the gateway have preapprovals that were made by another system.</summary>
    /// <param name="with">Of all of them, for example another Status.</param>
    /// <returns>Their ids.</returns>
    public static async Task<int[]> HasAsync(this Sandbox sandbox, int count, JsonObject? with = null)
    {
        var last = Interlocked.Add(ref lastId, count);
        int[] ids = [.. Enumerable.Range(last - count + 1, count)];
        await sandbox.PostAsync(
            "sandbox/fixtures", new JsonObject { ["Preapprovals"] = new JsonArray([.. ids.Select(Fixture)]) });

        return ids;

        JsonObject Fixture(int id)
        {
            var fixture = with?.DeepClone().AsObject() ?? [];
            fixture["ID"] = id;
            fixture["SiteID"] ??= 30201;
            fixture["MerchantPreapprovalID"] = $"old-{id}";
            fixture["Currency"] ??= "BRL";
            fixture["Customer"] = new JsonObject { ["FirstName"] = "Ana", ["Email"] = $"ana-{id}@example.com" };

            return fixture;
        }
    }

    /// <summary>On the last day of each month; charged for a year; next due on 31 January 2030.</summary>
    public static JsonObject Row(int preapprovalId, params (string Key, JsonNode? Value)[] with)
    {
        var row = new JsonObject
        {
            ["preapprovalId"] = preapprovalId, ["anchorOn"] = "2029-01-31", ["nextDueOn"] = "2030-01-31",
            ["amountMinor"] = 4990, ["currency"] = "BRL", ["unit"] = "month", ["timeZone"] = "Etc/UTC",
            ["pastCharges"] = 12, ["pastAmountMinor"] = 59_880,
        };

        foreach (var (key, value) in with)
        {
            row[key] = value;
        }

        return row;
    }

    public static string File(params IEnumerable<JsonObject> rows) =>
        string.Concat(rows.Select(row => row.ToJsonString() + "\n"));

    public static Task<HttpReply> PostAsync(
        HttpClient client, string file, bool isDryRun = false, string contentType = Ndjson) =>
        client.PostBodyAsync(
            $"v1/imports{(isDryRun ? "?dryRun=true" : "")}",
            new ByteArrayContent(Encoding.UTF8.GetBytes(file))
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) },
            });

    /// <summary>Sends a file and waits until nothing more happens.</summary>
    /// <returns>The import at the end.</returns>
    public static async Task<JsonNode> ImportAsync(
        this World world, string file, bool isDryRun = false, string contentType = Ndjson)
    {
        var answer = await PostAsync(world.Storefront, file, isDryRun, contentType);
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);

        return await world.UntilAtRestAsync((Guid)answer.Json["id"]!);
    }

    public static async Task<JsonNode> UntilAtRestAsync(this World world, Guid id)
    {
        JsonNode? import = null;
        await Waiting.Until("the import is at rest", async () =>
        {
            import = await world.ImportAsync(id);

            return (string)import["state"]! is not ("checking" or "running");
        });

        return import!;
    }

    public static async Task<JsonNode> ImportAsync(this World world, Guid id) =>
        (await world.Storefront.ReadAsync($"v1/imports/{id}")).Json;

    /// <summary>The numbers of the rows that were refused, each with its code.</summary>
    public static async Task<string[]> RefusedAsync(this World world, JsonNode import) =>
        [.. (await world.RowsAsync(import, "?state=refused")).Select(row => $"{row["row"]} {row["code"]}")];

    public static async Task<JsonNode[]> RowsAsync(this World world, JsonNode import, string query = "") =>
        [.. (await world.Storefront.ReadAsync($"v1/imports/{import["id"]}/rows{query}")).Json["rows"]!.AsArray()!];

    /// <summary>Counts that are not 0, in the order in which they are shown.</summary>
    public static string Counts(JsonNode import) => string.Join(
        ", ",
        new[] { "rows", "waiting", "ready", "imported", "refused", "cancelled" }
            .Where(name => (int)import[name]! != 0).Select(name => $"{import[name]} {name}")
            .Prepend((string)import["state"]!));

    public static Task<long> StreamsAsync(this World world, params int[] gatewayIds) => world.QueryAsync<long>(
        """
        select count(*) from mt_events where type = 'recovered_from_gateway'
            and (data -> 'Gateway' ->> 'PreapprovalId')::int = any ($1)
        """, gatewayIds);
}
