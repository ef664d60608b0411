using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;
using Billing.Testing;

namespace Billing.Api.Tests.Auditing;

/// <summary>
/// The service and its database log all they can, a person has a canary in every field, and much goes wrong.
/// </summary>
[Keeps(Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class secrets_and_persons_do_not_leak
{
    [Fact]
    public async Task not_into_a_log_line_a_statement_or_a_table()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.LogStatementsAsync();
        await using var world = await World.WithoutServiceAsync(
            new Dictionary<string, string?> { ["Sandbox__Sites__30201__ApiKey"] = Canaries.GatewayKey }, cluster);
        var settings = world.Settings(new Dictionary<string, string?>
        {
            ["Sites__30201__ApiKey"] = Canaries.StorefrontKey, ["Sites__30201__GatewayApiKey"] = Canaries.GatewayKey,
            ["Sealing__MasterKey"] = Canaries.MasterKey,
            ["Sealing__IndexKey"] = Canaries.IndexKey,

            // What names a provider comes before every other rule, also before those of the service itself.
            ["Logging__Console__LogLevel__Default"] = "Trace",
        });
        (await Verbs.Run(settings, "migrate")).Ended(0);

        // Messages are gone within moments: a copy of each is kept for this test.
        await world.DataSource.DoAsync(
            """
            create table billing.message_copies (body text);
            create function copy_message() returns trigger language plpgsql as $$ begin
                insert into billing.message_copies values (encode(new.body, 'escape')); return new; end $$;
            create trigger copy_message after insert or update on wolverine_incoming_envelopes
                for each row execute function copy_message();
            """);

        await using var service = RunningProgram.Start(
            "Billing.Api", ["serve", "--urls", world.Address.ToString()], settings);
        await service.UntilReadyAsync(new Uri(world.Address, "health/ready"));
        using var storefront = world.Client("30201", Canaries.StorefrontKey);

        var reference = await LiveAsync(world, storefront, settings);

        Assert.Contains("SubmitCharges", await world.DataSource.RowsAsync("message_copies"), StringComparison.Ordinal);
        Assert.Contains("for site 30201", service.Output, StringComparison.Ordinal);
        Assert.All(
            (string[])["Wolverine", "Marten", "JasperFx", "Microsoft.AspNetCore"],
            category => Assert.Matches($@"(trce|dbug): {category}\.", service.Output));

        // The service gives Npgsql no logger, so that no setting makes it log parameters.
        Assert.DoesNotMatch(@"(trce|dbug|info): Npgsql\.", service.Output);
        var statements = await cluster.LogAsync();
        Assert.Contains("canary-bird", statements, StringComparison.Ordinal);
        string[] canaries = [.. Canaries.Keys, .. Canaries.Personal, Canaries.WrongKey, reference];
        Assert.Empty(Canaries.FoundIn(service.Output, canaries));
        Assert.Empty(Canaries.FoundIn(statements, canaries));
        Assert.Empty(await FoundInTablesAsync(world, canaries));
    }

    [Theory]
    [InlineData("Why: Canary-Why.")]
    [InlineData("63616E6172792D776879")]
    [InlineData("Y2FuYXJ5LXdoeQ==")]
    [InlineData("IGNhbmFyeS13aHk=")]
    [InlineData("ICBjYW5hcnktd2h5ICA=")]
    public void a_canary_is_found_in_each_of_its_forms(string text) =>
        Assert.Equal([Canaries.Why], Canaries.FoundIn(text, [Canaries.Why, Canaries.Evidence]));

    /// <returns>The mandate reference, which the gateway gave.</returns>
    private static async Task<string> LiveAsync(
        World world, HttpClient storefront, Dictionary<string, string?> settings)
    {
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "create",
            ["action"] = "refuse",
            ["code"] = 10,
            ["info"] = Canaries.RefusalText,
            ["times"] = 1,
        });
        using var refused = await storefront.PostAsJsonAsync("v1/preapprovals", Canaries.Request("refused"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        using var created = await storefront.PostAsJsonAsync("v1/preapprovals", Canaries.Request("canary-bird"));
        var id = (int)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["Preapproval"]!["ID"]!;
        await world.Sandbox.ApproveAsync(id);
        await world.UntilIdle();

        // What is looked for is really there, for those who may see it.
        var shown = await storefront.GetStringAsync($"v1/preapprovals/{id}");
        Assert.All(
            Canaries.Customer.Values.Concat(Canaries.Address.Values),
            it => Assert.Contains(it, shown, StringComparison.Ordinal));

        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge",
            ["action"] = "decline",
            ["info"] = Canaries.DeclineText,
            ["times"] = 1,
            ["merchantTransactionId"] = "declined",
        });
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = "garbled", ["times"] = 1, ["merchantTransactionId"] = "unknown"
        });

        foreach (var action in new[] { "error_500", "html", "another_payment", "wrong_amount", "act_then_reset" })
        {
            await world.Sandbox.MisbehaveAsync(new JsonObject
            {
                ["operation"] = "charge", ["action"] = action, ["times"] = 1, ["merchantTransactionId"] = action
            });
        }

        // At once: of most of them nothing is known until the answer is due.
        string[] charges =
            ["declined", "unknown", "error_500", "html", "another_payment", "wrong_amount", "act_then_reset"];
        await Task.WhenAll(
            charges.Select(charge => storefront.PostAsJsonAsync("v1/payments/recurrent", Canaries.Charge(id, charge))));

        using var changed = await storefront.PatchAsJsonAsync($"v1/preapprovals/{id}", Canaries.Request("canary-bird"));
        Assert.True(changed.StatusCode == HttpStatusCode.Created, await changed.Content.ReadAsStringAsync());
        await RefundAsync(world, storefront);

        (await Verbs.Run(
            settings, "operator", "resolve", "unknown", "charged", "--site", "30201", "--by", "auditor", "--why",
            Canaries.Why, "--evidence", Canaries.Evidence)).Ended(0);

        using var stranger = world.Client("30201", Canaries.WrongKey);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("v1/subscriptions")).StatusCode);
        using var gateway = world.Client("30201", Canaries.GatewayKey);

        foreach (var notification in Canaries.Notifications(id, "declined"))
        {
            using var taken = await gateway.PostAsJsonAsync("v1/notifications", notification);
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        }

        foreach (var (caller, path) in new[]
        {
            (storefront, "v1/preapprovals"), (storefront, "v1/payments/recurrent"), (gateway, "v1/notifications")
        })
        {
            using var answer = await caller.PostAsync(path, new StringContent(
                $$"""{"Preapproval": {"Description": "{{Canaries.Malformed}}""", Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        await world.AdvanceAsync("P1D");

        return (string)JsonNode
            .Parse(await world.Sandbox.Http.GetStringAsync("sandbox/notifications"))!["notifications"]!
            .AsArray()
            .Select(it => it!["body"]!["Preapproval"]?["MandateReference"]
                ?? it["body"]!["Preapproval"]?["Details"]?["MandateReference"])
            .First(it => it is not null)!;
    }

    // Refused with what the gateway says of the person, then taken with all that a refund may say.
    internal static async Task RefundAsync(World world, HttpClient storefront)
    {
        using var created = await storefront.PostAsJsonAsync(
            "v1/preapprovals", Canaries.Request("canary-payer", methodId: 46));
        var id = (int)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["Preapproval"]!["ID"]!;
        await world.Sandbox.ApproveAsync(id);
        await world.UntilIdle();
        using var paid = await storefront.PostAsJsonAsync("v1/payments/recurrent", Canaries.Charge(id, "paid", "BRL"));
        var path =
            $"v1/payments/{(int)JsonNode.Parse(await paid.Content.ReadAsStringAsync())!["Payment"]!["ID"]!}/refunds";

        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "refund",
            ["action"] = "refuse",
            ["code"] = 18,
            ["info"] = Canaries.RefusalText,
            ["times"] = 1,
        });
        using var refused = await storefront.PostAsJsonAsync(path, Canaries.Refund("refused-refund"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var taken = await storefront.PostAsJsonAsync(path, Canaries.Refund("taken-refund"));
        Assert.True(taken.StatusCode == HttpStatusCode.Created, await taken.Content.ReadAsStringAsync());
        Assert.Contains(
            Canaries.BankData,
            await storefront.GetStringAsync(
                $"{path}/{(int)JsonNode.Parse(await taken.Content.ReadAsStringAsync())!["Refund"]!["ID"]!}"),
            StringComparison.Ordinal);
    }

    private static async Task<List<string>> FoundInTablesAsync(World world, IReadOnlyList<string> canaries)
    {
        var tables = ((string)(await world.DataSource.ScalarAsync("select string_agg(relname, ' ') from pg_class where "
            + "relkind = 'r' and relnamespace = current_schema()::regnamespace"))!).Split(' ');
        Assert.Empty(new[]
        {
            "mt_events", "wolverine_incoming_envelopes", "wolverine_dead_letters", "mt_doc_subscription",
            "mt_doc_payment", "mt_doc_notification", "mt_doc_quarantinedresponse",
            "mt_doc_idempotentrequest"
        }.Except(tables));
        var found = new List<string>();

        foreach (var table in tables)
        {
            var rows = await world.DataSource.RowsAsync(table);
            found.AddRange(Canaries.FoundIn(rows, canaries).Select(it => $"{it} in {table}"));
        }

        return found;
    }
}
