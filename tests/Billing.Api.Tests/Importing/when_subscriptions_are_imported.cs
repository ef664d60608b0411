using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Importing;

public sealed class ImportedWorld : SharedWorld;

/// <summary>Another system has charged these preapprovals so far.</summary>
[Keeps(Promise.NeverChargedTwice)]
public class when_subscriptions_are_imported(ImportedWorld shared) : IClassFixture<ImportedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task their_schedule_goes_on_and_their_past_is_shown()
    {
        var ids = await world.Sandbox.HasAsync(2);

        var import = await world.ImportAsync(Imports.File(
            Imports.Row(ids[0], ("periodsLeft", 4), ("afterRetries", "suspend")),
            Imports.Row(ids[1], ("pastCharges", null), ("pastAmountMinor", null))));

        Assert.Equal("done, 2 rows, 2 imported", Imports.Counts(import));
        Assert.Equal(
            """[{"currency":"BRL","rows":2,"amountMinor":9980,"pastAmountMinor":59880}]""",
            import["sums"]!.ToJsonString());
        var rows = await world.RowsAsync(import);
        Assert.Equal([ids[0], ids[1]], rows.Select(row => (int)row["preapprovalId"]!));
        var view = await ViewAsync(rows[0]);
        Assert.Equal(("open", "active"), ((string)view["status"]!, (string)view["state"]!));
        Assert.Equal(("2030-01-31", 4), ((string)view["nextDue"]!["on"]!, (int)view["schedule"]!["periodsLeft"]!));
        Assert.Equal("suspend", (string)view["schedule"]!["afterRetries"]!);
        Assert.Equal(
            (1, 12, 59_880),
            ((int)view["imported"]!["row"]!, (int)view["imported"]!["pastCharges"]!,
                (int)view["imported"]!["pastAmount"]!["amountMinor"]!));
        Assert.Equal(
            ["recovered_from_gateway", "preapproval_opened", "subscription_imported", "schedule_set"],
            await Of(rows[0]).Story());
        Assert.Equal(
            ["2030-01-31", "2030-02-28", "2030-03-31", "2030-04-30"],
            (await world.Storefront.ReadAsync($"v1/subscriptions/{rows[0]["subscriptionId"]}/upcoming"))
                .Json["upcoming"]!.AsArray().Select(charge => (string)charge!["dueOn"]!));
        Assert.Equal(0, (int)(await ViewAsync(rows[1]))["imported"]!["pastCharges"]!);
        var found = await world.Storefront.PostBodyAsync(
            "v1/subscriptions/search", new JsonObject { ["email"] = $"ana-{ids[0]}@example.com" });
        Assert.Single(found.Json["subscriptions"]!.AsArray());
    }

    [Fact]
    public async Task a_file_may_be_csv()
    {
        var ids = await world.Sandbox.HasAsync(2);

        var import = await world.ImportAsync(
            $"""
            ﻿preapprovalId,anchorOn,nextDueOn,amountMinor,currency,every,unit,endsOn,periodsLeft
            {ids[0]},2029-01-31,2030-02-28,4990,BRL,,month,,
            "{ids[1]}","2029-01-31","2030-01-31",12000,"BRL",12,month,2033-01-31,3

            """.ReplaceLineEndings("\r\n"),
            contentType: "text/csv; charset=utf-8");

        Assert.Equal("done, 2 rows, 2 imported", Imports.Counts(import));
        var rows = await world.RowsAsync(import);
        Assert.Equal("2030-02-28", (string)(await ViewAsync(rows[0]))["nextDue"]!["on"]!);
        Assert.Equal("2033-01-31", (string)(await ViewAsync(rows[1]))["schedule"]!["endsOn"]!);
    }

    [Fact]
    public async Task what_is_wrong_is_listed_row_by_row_and_the_others_are_imported()
    {
        var ids = await world.Sandbox.HasAsync(5);
        var (pending, closed) = (
            await world.Sandbox.HasAsync(1, Status(1)), await world.Sandbox.HasAsync(1, Status(4)));
        var euros = await world.Sandbox.HasAsync(1, new JsonObject { ["Currency"] = "EUR" });

        var import = await world.ImportAsync(
            Imports.File(
                Imports.Row(ids[0]), Imports.Row(999_999), Imports.Row(pending[0]), Imports.Row(closed[0]),
                Imports.Row(euros[0]), Imports.Row(ids[1], ("nextDueOn", "2030-01-30")),
                Imports.Row(ids[2], ("nextDueOn", "2029-12-31")), Imports.Row(ids[3], ("amountMinor", 0)),
                Imports.Row(ids[4]), Imports.Row(ids[4], ("amountMinor", 1)),
                Imports.Row(ids[1], ("amount", 1)), Imports.Row(ids[1], ("anchorOn", "31.01.2029")),
                Imports.Row(ids[1], ("every", "1")), Imports.Row(ids[1], ("currency", null)))
            + "\n{\"preapprovalId\":1,\"preapprovalId\":2}\nnot json\n[]\n");

        Assert.Equal(
            [
                "2 not_found", "3 not_open", "4 not_open", "5 currency_mismatch", "6 next_due_on_not_in_series",
                "7 next_due_on_passed", "8 schedule_amount_invalid", "9 duplicate_row", "10 duplicate_row",
                "11 unknown_key", "12 row_invalid", "13 row_invalid", "14 row_invalid", "15 row_invalid",
                "16 row_invalid", "17 row_invalid",
            ],
            await world.RefusedAsync(import));
        Assert.Equal("done, 17 rows, 1 imported, 16 refused", Imports.Counts(import));
        var refused = await world.RowsAsync(import, "?state=refused&limit=10");
        Assert.Equal(
            "There is no 'amount' in the row; did you mean 'amountMinor'?",
            (string)refused.Single(row => (int)row["row"]! == 11)["detail"]!);
    }

    [Fact]
    public async Task a_dry_run_changes_nothing_and_its_rows_can_be_imported_afterwards()
    {
        var ids = await world.Sandbox.HasAsync(2);

        var check = await world.ImportAsync(
            Imports.File(Imports.Row(ids[0]), Imports.Row(ids[1]), Imports.Row(999_998)), isDryRun: true);

        Assert.Equal("checked, 3 rows, 2 ready, 1 refused", Imports.Counts(check));
        Assert.Equal(0, await world.StreamsAsync(ids));
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await world.Storefront.PostBodyAsync($"v1/imports/{check["id"]}/run", null)).Status);
        Assert.Equal(
            "done, 3 rows, 2 imported, 1 refused", Imports.Counts(await world.UntilAtRestAsync((Guid)check["id"]!)));
        Assert.Equal(2, await world.StreamsAsync(ids));
    }

    [Fact]
    public async Task the_same_file_again_imports_nothing()
    {
        var ids = await world.Sandbox.HasAsync(2);
        var file = Imports.File(ids.Select(id => Imports.Row(id)));
        await world.ImportAsync(file);

        var again = await world.ImportAsync(file);

        Assert.Equal(["1 already_known", "2 already_known"], await world.RefusedAsync(again));
        Assert.Equal(2, await world.StreamsAsync(ids));
    }

    [Fact]
    public async Task a_cancelled_one_imports_nothing_more()
    {
        var ids = await world.Sandbox.HasAsync(1);
        var check = await world.ImportAsync(Imports.File(Imports.Row(ids[0])), isDryRun: true);

        var cancelled = await world.Storefront.PostBodyAsync($"v1/imports/{check["id"]}/cancel", null);

        Assert.Equal("cancelled, 1 rows, 1 cancelled", Imports.Counts(cancelled.Json));
        var run = await world.Storefront.PostBodyAsync($"v1/imports/{check["id"]}/run", null);
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "import_cancelled"), (run.Status, (string)run.Json["code"]!));
        Assert.Equal(0, await world.StreamsAsync(ids));
    }

    [Fact]
    public async Task another_site_sees_nothing_of_it()
    {
        var ids = await world.Sandbox.HasAsync(1);
        var import = await world.ImportAsync(Imports.File(Imports.Row(ids[0])), isDryRun: true);
        using var other = world.Client("30202", "storefront-key-30202");

        foreach (var path in (string[])["", "/rows"])
        {
            Assert.Equal(
                HttpStatusCode.NotFound, (await other.ReadAsync($"v1/imports/{import["id"]}{path}")).Status);
        }

        foreach (var path in (string[])["/run", "/cancel"])
        {
            Assert.Equal(
                HttpStatusCode.NotFound, (await other.PostBodyAsync($"v1/imports/{import["id"]}{path}", null)).Status);
        }
    }

    [Theory]
    [InlineData("", Imports.Ndjson, 422, "import_empty")]
    [InlineData("{}", "application/json", 415, "content_type_unsupported")]
    [InlineData("preapprovalId,amount\n1,2\n", Imports.Csv, 422, "unknown_key")]
    [InlineData("preapprovalId,preapprovalId\n1,2\n", Imports.Csv, 422, "csv_header_invalid")]
    [InlineData("\"preapprovalId\n", Imports.Csv, 422, "csv_header_invalid")]
    public async Task a_file_that_is_none_is_refused_as_a_whole(
        string file, string contentType, int status, string code)
    {
        var answer = await Imports.PostAsync(world.Storefront, file, contentType: contentType);

        Assert.Equal((status, code), ((int)answer.Status, (string)answer.Json["code"]!));
    }

    [Fact]
    public async Task a_row_without_an_end_is_refused_and_nothing_of_its_file_is_kept()
    {
        var before = await world.QueryAsync<long>("select count(*) from import_rows");
        var answer = await Imports.PostAsync(
            world.Storefront, Imports.File(Imports.Row(1)) + new string('x', 10_000));

        Assert.Equal("row_too_long", (string)answer.Json["code"]!);
        Assert.Equal(before, await world.QueryAsync<long>("select count(*) from import_rows"));
    }

    private Subscriber Of(JsonNode row) =>
        new(world, (int)row["preapprovalId"]!, (Guid)row["subscriptionId"]!, "");

    private Task<JsonNode> ViewAsync(JsonNode row) => Of(row).View();

    private static JsonObject Status(int id) => new() { ["Status"] = new JsonObject { ["ID"] = id } };
}
