using System.Globalization;
using System.Text.RegularExpressions;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

/// <summary>
/// The calls of README.md, docs/getting-started.md and Billing.http, sent as they are; only the addresses differ.
/// </summary>
public class walking_through_the_documents
{
    private const string Readme = "README.md";
    private const RegexOptions ManyLines = RegexOptions.Multiline | RegexOptions.Singleline;
    private const string GettingStarted = "docs/getting-started.md";

    // Not one of the last days of a month, whose due dates move.
    private static readonly Dictionary<string, string?> Clock = new()
    {
        ["Sandbox__ClockStart"] = "2030-01-10T12:00:00Z",
    };

    private static readonly string[] InThisOrder =
    [
        "201 Created", "\"Info\":\"Pending\"", // Subscribe
        "\"Info\":\"Open\"", // Approve
        "\"status\":\"open\"", "\"lastDecidedOn\":\"2030-01-10\"", "\"dueOn\":\"2030-01-10\"", "\"status\":\"charged\"",
        "201 Created", "\"origin\":\"on_demand\"", "\"status\":\"charged\"", "-extra", "\"status\":\"charged\"",
        "201 Created", "\"Amount\":\"200\"", "\"Info\":\"Open\"", // Pay back
        "\"now\":\"2030-02-10T",
        "\"isPaused\":true,\"suspended\":null,\"lastDecidedOn\":\"2030-02-10\"", "\"now\":\"2030-03-10T",
        "\"isPaused\":false,\"suspended\":null,\"lastDecidedOn\":\"2030-03-10\"",
        "{\"dueOn\":\"2030-04-10\"", "\"state\":\"skipped\"", "{\"dueOn\":\"2030-04-10\"", "\"state\":\"charge\"",
        "ETag: \"", "412 Precondition Failed", "precondition_failed",
        "\"Info\":\"ClosedByCustomer\"", "\"standing\":\"closed\"",
        "\"date\":\"2030-03-10\"", "\"decision\":\"skipped\",\"reason\":\"paused\"",
        "\"type\":\"preapproval_requested\"", "\"type\":\"preapproval_closed\"", // Events
        "\"position\":1,", "\"type\":\"preapproval_closed\"", // Feed
        "400 Bad Request", "\"Code\":\"109\"", "422 Unprocessable", "\"code\":\"no_schedule\"",
        "\"decision\":\"retry_scheduled\"", // A declined charge
    ];

    [Fact]
    public async Task every_command_gives_what_the_page_shows()
    {
        await using var world = await World.StartAsync(Clock);

        var output = await Run(At(world, Blocks(GettingStarted)));
        InOrder(output, InThisOrder);

        // The answers that the page shows have no key that the service does not send.
        var answers = Regex.Replace(Page(GettingStarted), "^```\\w+\n.*?^```$", "", ManyLines);
        var shown = Regex.Matches(answers, "^```\n.*?^```$", ManyLines);
        Assert.Empty(Keys(string.Concat(shown.Select(block => block.Value))).Except(Keys(output)));
        Assert.True(shown.Count > 10, $"{shown.Count} answers");

        // Two periods and the extra charge, which was asked for twice; then one that was declined.
        var ledger = await world.Sandbox.LedgerAsync();
        Assert.All(ledger, charge => Assert.Equal(1, (int)charge!["received"]!));
        Assert.Equal([0, 1, 1, 1], ledger.Select(charge => (int)charge!["captured"]!).Order());
    }

    [Fact]
    public async Task the_readme_leads_to_a_charged_subscription()
    {
        await using var world = await World.StartAsync(Clock);
        var page = Page(Readme);
        var reading = Assert.Single(Regex.Matches(page, "`(curl [^`]+)`")).Groups[1].Value;
        var create = Blocks(Readme);

        // Nothing else is called, and the approval is a press of a button.
        Assert.Equal(2, Calls(page));
        var created = await Run(At(world, create));
        InOrder(
            created,
            ["201 Created", "\"my-first-subscription\"", "\"Info\":\"Pending\"", "\"RedirectURL\":\"http"]);
        var id = Regex.Match(created, "\"ID\":(\\d+)").Groups[1].Value;
        await world.Sandbox.ApproveAsync(int.Parse(id, CultureInfo.InvariantCulture));
        await world.UntilIdle();

        InOrder(await Run(At(world, reading)), [$"\"PreapprovalID\":{id}", "\"Info\":\"Success\""]);
    }

    [Fact]
    public async Task every_request_of_the_http_file_is_answered_as_its_title_says()
    {
        await using var world = await World.StartAsync(Clock);
        var file = new HttpFile(Page("Billing.http"), new Dictionary<string, string>
        {
            ["api"] = Bare(world.Address), ["sandbox"] = Bare(world.Sandbox.Address),
        });
        using var http = new HttpClient();
        Assert.True(file.Requests.Count() > 15);

        foreach (var (title, expected, request) in file.Requests)
        {
            var (status, answer) = await file.SendAsync(http, request);
            Assert.True(status == expected, $"{title}: {status} {answer}");
            await world.UntilIdle();
        }

        Assert.Equal([1, 1, 1], (await world.Sandbox.LedgerAsync()).Select(charge => (int)charge!["captured"]!));
    }

    [Fact]
    public async Task pasted_once_more_it_keeps_the_master_key_that_it_has_made()
    {
        var making = Assert.Single(
            Page(GettingStarted).Split('\n'), line => line.Contains("openssl rand", StringComparison.Ordinal));
        var pasted =
            $$"""
            openssl() { head -c 32 /dev/urandom | base64; }
            cd "$(mktemp -d)"
            {{making}}
            cp master.key first.key
            {{making}}
            wc -c <master.key
            cmp master.key first.key
            rm -r "$PWD"
            """;
        await using var bash = RunningProgram.StartCommand(
            "bash", ["-eu", "-c", pasted], new Dictionary<string, string?>());

        new Ending(await bash.UntilExitAsync(TimeSpan.FromMinutes(1)), bash.Output).Ended(0).With("45");
    }

    private static async Task<string> Run(string script)
    {
        await using var bash = RunningProgram.StartCommand(
            "bash", ["-eu", "-c", script], new Dictionary<string, string?>());

        return new Ending(await bash.UntilExitAsync(TimeSpan.FromMinutes(2)), bash.Output).Ended(0).Output;
    }

    private static void InOrder(string output, string[] texts)
    {
        var at = 0;

        foreach (var text in texts)
        {
            var found = output.IndexOf(text, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"{text} does not follow in {output[at..]}");
            at = found + text.Length;
        }
    }

    private static string Page(string path) => File.ReadAllText(Path.Combine(LocalMachine.Root, path));

    private static string Blocks(string path)
    {
        var blocks = Regex.Matches(Page(path), "^```bash\n(.*?)^```$", ManyLines)
            .Select(block => block.Groups[1].Value).ToList();

        // A call outside such a block would not be tried.
        Assert.Equal(blocks.Sum(Calls), Calls(Regex.Replace(Page(path), "`curl [^`]+`", "")));
        Assert.NotEmpty(blocks);

        return string.Concat(blocks);
    }

    private static string At(World world, string calls) => calls
        .Replace("http://127.0.0.1:5080", Bare(world.Address), StringComparison.Ordinal)
        .Replace("http://127.0.0.1:5081", Bare(world.Sandbox.Address), StringComparison.Ordinal);

    private static IEnumerable<string> Keys(string text) =>
        Regex.Matches(text, "\"(\\w+)\":").Select(key => key.Value).Distinct();

    private static int Calls(string text) => Regex.Count(text, @"\bcurl -");

    private static string Bare(Uri address) => address.ToString().TrimEnd('/');
}
