using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Scenarios;

/// <summary>The simulator keeps its ledger and its answers through kill -9.</summary>
public class when_the_gateway_is_killed
{
    [Fact]
    public async Task under_load_nothing_that_it_acknowledged_is_missing()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Sandbox__StatePath"] = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl")
        };
        var acknowledged = new ConcurrentDictionary<string, int>();

        foreach (var life in Enumerable.Range(1, 3))
        {
            await using var sandbox = await Sandbox.StartAsync(LocalMachine.FreePort(), settings);
            await OneTruthAsync(sandbox, acknowledged);
            await ChargeUntilKilledAsync(sandbox, life, acknowledged);
        }

        await using var last = await Sandbox.StartAsync(LocalMachine.FreePort(), settings);
        await OneTruthAsync(last, acknowledged);
        Assert.True(acknowledged.Count >= 300, $"Only {acknowledged.Count} charges were acknowledged.");
    }

    private static async Task ChargeUntilKilledAsync(
        Sandbox sandbox, int life, ConcurrentDictionary<string, int> acknowledged)
    {
        var preapproval = await OpenAsync(sandbox, $"sub-{life}");
        // There are no notifications: only the answers make it write.
        await sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify", ["action"] = "lose_notification", ["merchantTransactionId"] = $"life{life}-*"
        });
        var (enough, next) = (new TaskCompletionSource(), 0);
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var n = Interlocked.Increment(ref next); n < 100_000; n = Interlocked.Increment(ref next))
            {
                var id = $"life{life}-{n}";
                try
                {
                    var payment = (await CallAsync(
                        sandbox, HttpMethod.Post, "v1/payments/recurrent",
                        $$$"""{"Payment":{"PreapprovalID":{{{preapproval}}}"""
                        + $$$""","MerchantTransactionID":"{{{id}}}","Amount":100,"Currency":"BRL"}}"""))["Payment"]!;
                    acknowledged[id] = (int)payment["ID"]!;
                }
                catch (HttpRequestException)
                {
                    return;
                }

                if (n >= 120)
                {
                    enough.TrySetResult();
                }
            }
        })).ToArray();
        await enough.Task;
        await sandbox.KillAsync();
        await Task.WhenAll(callers);
    }

    // Each payment has its ledger, each ledger its payment, and nothing acknowledged is missing.
    private static async Task OneTruthAsync(Sandbox sandbox, ConcurrentDictionary<string, int> acknowledged)
    {
        var ledger = (await sandbox.LedgerAsync()).OfType<JsonNode>().Where(charge => (int)charge["captured"]! == 1)
            .ToDictionary(
                charge => (string)charge["merchantTransactionId"]!,
                charge => (int)Assert.Single(charge["paymentIds"]!.AsArray())!);
        var payments = new Dictionary<string, int>();

        for (var (page, pages) = (1, 1); page <= pages; page++)
        {
            var list = await CallAsync(
                sandbox, HttpMethod.Get,
                $"v1/payments?pageSize=1000&pageIndex={page.ToString(CultureInfo.InvariantCulture)}");
            pages = (int)list["TotalPages"]!;
            list["Payments"]!.AsArray().ToList()
                .ForEach(payment => payments.Add((string)payment!["MerchantTransactionID"]!, (int)payment["ID"]!));
        }

        Assert.Equal(payments, ledger);
        Assert.All(acknowledged, charge => Assert.Equal(charge.Value, ledger.GetValueOrDefault(charge.Key)));
    }

    private static async Task<int> OpenAsync(Sandbox sandbox, string name)
    {
        var id = (int)(await CallAsync(
            sandbox, HttpMethod.Post, "v1/preapprovals",
            Subscriber.Request(name).ToJsonString()))["Preapproval"]!["ID"]!;
        await sandbox.ApproveAsync(id);

        return id;
    }

    private static async Task<JsonNode> CallAsync(Sandbox sandbox, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json")
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String("30201:gateway-key-30201"u8));
        using var answer = await sandbox.Http.SendAsync(request);
        Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK, $"{(int)answer.StatusCode}");

        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
