using System.CommandLine;
using System.Text.RegularExpressions;
using Billing.Api.Operations.Cli;
using Billing.Api.Tests.Specs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Billing.Api.Tests.Operating;

/// <summary>Commands and calls in README.md and docs/ are those that the programs know.</summary>
public partial class what_the_documents_name
{
    // Verbs of the script itself, and Marten's and Wolverine's; the others are parsed as the service parses them.
    private static readonly string[] OfTheScript = ["demo", "test", "sandbox", "bench", "help", "postgres"];
    private static readonly string[] OfTheLibraries = ["resources", "projections", "storage", "codegen"];

    private static readonly Dictionary<string, string> Examples = new()
    {
        ["ID"] = "01a22af0-40c4-79ef-bf7c-7a8c354cbc7b", ["T"] = "2026-03-01T00:00:00Z", ["DATE"] = "2026-03-01",
        ["N"] = "5", ["SITEID"] = "30201", ["URL"] = "http://127.0.0.1:5080",
        ["VIEW"] = "subscriptions", ["STATUS"] = "parked",
        ["KIND"] = "payment", ["REF"] = "r", ["WHO"] = "ana", ["TEXT"] = "text",
    };

    public static TheoryData<string> CommandLines => [.. Documents.All
        .SelectMany(document => CommandPattern().Matches(document.Text))
        .Select(command => command.Groups[1].Value.Trim()).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void a_command_is_understood(string command)
    {
        // --demo is the script's, too.
        var words = WordPattern().Matches(Regex.Replace(command, @"[\[\]]| --demo", ""))
            .Select(word => word.Value.Trim('"')).Select(word => Examples.GetValueOrDefault(word, word)).ToArray();
        var script = File.ReadAllText(Path.Combine(LocalMachine.Root, "billing"));

        Assert.Matches($@"(?m)^    (?:[\w| -]+\| )?{Regex.Escape(words[0])}(?: \|[\w| -]+)?\) ", script);

        if (!OfTheScript.Contains(words[0]) && !OfTheLibraries.Contains(words[0]))
        {
            // Named in a sentence without all that it needs, a command has to exist at least.
            var parsed = Commands.Root().Parse(words.Length > 2 ? words : [.. words, "--help"]);

            Assert.Empty(parsed.Errors.Select(error => error.Message));
        }
    }

    [Fact]
    public void every_option_of_every_command_is_explained()
    {
        var page = Documents.All.Single(document => document.Name == Path.Combine("docs", "operations.md")).Text;

        // Explained once for all of them.
        Assert.Contains("`--site SITEID`", page, StringComparison.Ordinal);

        Assert.All(Leaves(Commands.Root(), "./billing"), leaf => Assert.All(
            leaf.Command.Options.Where(option => option.Name is not ("--help" or "--site")),
            option => Assert.Matches($@"(?m)^\| `{Regex.Escape(leaf.Path)}[ `].*{option.Name}\b", page)));
    }

    [Fact]
    public async Task the_table_of_calls_has_every_route()
    {
        await using var app = BillingApp.Build([.. when_configuration_is_wrong.RightArguments]);
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
                .Select(method => $"{method} /{Shown(route)}"))
            .Where(call => Regex.IsMatch(call, " /(v1|health)/"));
        var page = Documents.All.Single(document => document.Name == Path.Combine("docs", "api.md")).Text;
        var listed = Regex.Matches(page, @"(?m)^\| `([A-Z]+ /[^`]+)` \|").Select(row => row.Groups[1].Value).ToList();

        Assert.Equal(routes.Distinct().Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string Shown(RouteEndpoint route) =>
        Regex.Replace(route.RoutePattern.RawText!.Trim('/'), @":\w+\}", "}");

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0
            ? [(path, command)]
            : command.Subcommands.SelectMany(one => Leaves(one, $"{path} {one.Name}"));

    [GeneratedRegex(@"\./billing ([a-z][^`\n#·]*)")]
    private static partial Regex CommandPattern();

    [GeneratedRegex("\"[^\"]*\"|[^\\s]+")]
    private static partial Regex WordPattern();
}
