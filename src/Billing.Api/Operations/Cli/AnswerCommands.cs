using System.CommandLine;
using System.Globalization;
using System.Text;
using Billing.Api.Notifications;

namespace Billing.Api.Operations.Cli;

/// <summary>billing answers list · show · dismiss.</summary>
internal static class AnswerCommands
{
    private const int Page = 200;

    public static Command Create() =>
        new(
            "answers",
            "Quarantined responses: answers of the gateway that do not match their request. They changed nothing.")
        {
            List(), Show(), Dismiss(),
        };

    private static Command List()
    {
        var all = new Option<bool>("--all") { Description = "Also those that were dismissed." };
        var command = new Command("list", "Show them, oldest first.") { all };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = CliHost.Open();
            var (responses, last) = (
                host.Services.GetRequiredService<QuarantinedResponses>(), (QuarantinedResponse?)null);
            var table = new Table(
                "ID", "RECEIVED AT", "SITE", "OPERATION", "REFERENCE", "REASON", "TIMES", "STATUS");

            while (await responses.ListAsync(parsed.GetValue(all), Page, last, ct) is { Count: > 0 } page)
            {
                foreach (var one in page)
                {
                    table.Add(
                        $"{one.Id}", Table.Local(one.ReceivedAt), one.Site, one.Operation, one.Reference, one.Reason,
                        one.Times.ToString(CultureInfo.InvariantCulture), one.Status);
                }

                last = page[^1];
            }

            table.Print();
            Console.WriteLine($"{table.Count} quarantined responses");

            return 0;
        });

        return command;
    }

    private static Command Show()
    {
        var id = Id();
        var unseal = new Option<bool>("--unseal")
        {
            Description = "Show the body as it came, and why it was dismissed. Both may name people.",
        };
        var command = new Command(
            "show", "What was asked, in what the answer differs, and on request the answer itself.") { id, unseal };
        command.SetAction(async (parsed, ct) =>
        {
            var withBody = parsed.GetValue(unseal);
            using var host = withBody ? await CliHost.OpenForSealingAsync(ct) : CliHost.Open();
            var responses = host.Services.GetRequiredService<QuarantinedResponses>();

            if (await responses.FindAsync(parsed.GetValue(id), ct) is not { } one)
            {
                await Console.Error.WriteLineAsync("There is no quarantined response of that id.");
                return 1;
            }

            Print(one);

            if (withBody)
            {
                var (body, because) = await responses.OpenAsync(one, ct);
                Console.WriteLine($"because      {because ?? "-"}");
                Console.WriteLine(body is null
                    ? "The body is gone: it has expired, or a person in it was forgotten."
                    : Encoding.UTF8.GetString(body));
            }

            return 0;
        });

        return command;
    }

    private static void Print(QuarantinedResponse one) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        asked        {one.Operation} {one.Reference}, site {one.Site}, preapproval {Preapproval(one)}
        answered     HTTP {one.HttpStatus} at {Table.Local(one.ReceivedAt)}, {Times(one)}
        differs      {one.Reason}; its ID is {one.NamedId}{Other(one)}
        status       {one.Status}{(one.DismissedAt is { } at ? $" at {Table.Local(at)} by {one.DismissedBy}" : "")}
        """));

    private static string Times(QuarantinedResponse one) =>
        string.Create(CultureInfo.InvariantCulture, $"{one.Times} times, last {Table.Local(one.LastAt)}");

    private static string Other(QuarantinedResponse one) =>
        one.NamedPreapprovalId is { } other ? $", and it names {other}" : "";

    private static string Preapproval(QuarantinedResponse one) => $"{one.GatewayPreapprovalId} ({one.PreapprovalId})";

    private static Command Dismiss()
    {
        var id = Id();
        var by = new Option<string>("--by") { Required = true, Description = "Who has looked." };
        var because = new Option<string>("--because")
        {
            Required = true, Description = "What was found, in a sentence.",
        };
        var command = new Command(
            "dismiss",
            "Record that it was looked at. What was asked stays as unknown as it is: operator resolve settles that.")
        {
            id, by, because,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = await CliHost.OpenForSealingAsync(ct);
            var responses = host.Services.GetRequiredService<QuarantinedResponses>();
            var done = await responses.FindAsync(parsed.GetValue(id), ct) is { } one
                && await responses.DismissAsync(one, parsed.GetValue(by)!, parsed.GetValue(because)!, ct);
            Console.WriteLine(done ? "dismissed" : "There is no open quarantined response of that id.");

            return done ? 0 : 1;
        });

        return command;
    }

    private static Argument<Guid> Id() => Values.Id("The response's id, as list shows it.");
}
