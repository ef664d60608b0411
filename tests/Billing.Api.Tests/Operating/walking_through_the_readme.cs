using System.Text.RegularExpressions;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

/// <summary>README.md's curl walk as a reader pastes it, all at once; only the two addresses differ.</summary>
public class walking_through_the_readme
{
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
    ];

    [Fact]
    public async Task every_command_gives_what_the_page_shows()
    {
        await using var world = await World.StartAsync(Clock);
        var walk = Walk().Replace("http://127.0.0.1:5080", Bare(world.Address), StringComparison.Ordinal)
            .Replace("http://127.0.0.1:5081", Bare(world.Sandbox.Address), StringComparison.Ordinal);
        await using var bash = RunningProgram.StartCommand(
            "bash", ["-eu", "-c", walk], new Dictionary<string, string?>());

        var ended = new Ending(await bash.UntilExitAsync(TimeSpan.FromMinutes(2)), bash.Output).Ended(0);

        var at = 0;

        foreach (var expected in InThisOrder)
        {
            var found = ended.Output.IndexOf(expected, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"{expected} does not follow in {ended.Output[at..]}");
            at = found + expected.Length;
        }

        // Two periods and the extra charge, which was asked for twice.
        var ledger = await world.Sandbox.LedgerAsync();
        Assert.Equal(3, ledger.Count);
        Assert.All(ledger, charge => Assert.Equal((1, 1), ((int)charge!["received"]!, (int)charge["captured"]!)));
    }

    [Fact]
    public async Task pasted_once_more_it_keeps_the_master_key_that_it_has_made()
    {
        var making = Assert.Single(
            Readme().Split('\n'), line => line.Contains("openssl rand", StringComparison.Ordinal));
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

    private static string Readme() => File.ReadAllText(Path.Combine(LocalMachine.Root, "README.md"));

    private static string Walk()
    {
        var readme = Readme();
        var section = readme[readme.IndexOf("## A walk with curl", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n### ", StringComparison.Ordinal)];
        var blocks = Regex.Matches(section, "^```bash\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline);

        // What is not in such a block would not be tried.
        Assert.Equal(blocks.Sum(block => Calls(block.Value)), Calls(section));
        Assert.True(blocks.Count > 10, $"{blocks.Count} blocks");

        return string.Concat(blocks.Select(block => block.Groups[1].Value));
    }

    private static int Calls(string text) => Regex.Count(text, @"\bcurl -");

    private static string Bare(Uri address) => address.ToString().TrimEnd('/');
}
