using System.CommandLine;
using System.Globalization;
using System.Text;
using Billing.Api.Parking;

namespace Billing.Api.Cli;

/// <summary>billing answers list · show · dismiss.</summary>
internal static class AnswerCommands
{
    private const int Page = 200;

    public static Command Create() => new("answers", "Answers of the gateway that did not fit what was asked: they moved nothing.") { List(), Show(), Dismiss() };

    private static Command List()
    {
        var all = new Option<bool>("--all") { Description = "Also those that somebody has dismissed." };
        var command = new Command("list", "Show them, oldest first.") { all };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            var (answers, count, last) = (services.GetRequiredService<ParkedAnswers>(), 0, (ParkedAnswer?)null);

            while (await answers.ListAsync(parsed.GetValue(all), Page, last, ct) is { Count: > 0 } page)
            {
                foreach (var answer in page)
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{answer.Id}  {answer.ReceivedAt:O}  {answer.Tenant}  {answer.Operation} {answer.Reference}  {answer.Reason}  times {answer.Times}  {answer.Status}"));
                }

                (count, last) = (count + page.Count, page[^1]);
            }

            Console.WriteLine($"{count} parked answers");

            return 0;
        });

        return command;
    }

    private static Command Show()
    {
        var id = Id();
        var unseal = new Option<bool>("--unseal") { Description = "Show the body as it came, and why it was dismissed. Both may name people." };
        var command = new Command("show", "What was asked, in what the answer differs, and on request the answer itself.") { id, unseal };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            var answers = services.GetRequiredService<ParkedAnswers>();

            if (await answers.FindAsync(parsed.GetValue(id), ct) is not { } answer)
            {
                await Console.Error.WriteLineAsync("There is no parked answer of that id.");
                return 1;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"""
                asked        {answer.Operation} {answer.Reference}, site {answer.Tenant}, preapproval {answer.GatewayPreapprovalId} ({answer.PreapprovalId})
                answered     HTTP {answer.HttpStatus} at {answer.ReceivedAt:O}, {answer.Times} times, last {answer.LastAt:O}
                differs      {answer.Reason}; its ID is {answer.NamedId}{(answer.NamedPreapprovalId is { } other ? $", and it names {other}" : "")}
                status       {answer.Status}{(answer.DismissedAt is { } at ? $" at {at:O} by {answer.DismissedBy}" : "")}
                """));

            if (parsed.GetValue(unseal))
            {
                var (body, because) = await answers.OpenAsync(answer, ct);
                Console.WriteLine($"because      {because ?? "-"}");
                Console.WriteLine(body is null ? "The body is gone: it has expired, or a person in it was forgotten." : Encoding.UTF8.GetString(body));
            }

            return 0;
        });

        return command;
    }

    private static Command Dismiss()
    {
        var id = Id();
        var by = new Option<string>("--by") { Required = true, Description = "Who has looked." };
        var because = new Option<string>("--because") { Required = true, Description = "What was found, in a sentence." };
        var command = new Command("dismiss", "Say that somebody has looked. What was asked stays as unknown as it is: operator resolve settles that.") { id, by, because };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            var answers = services.GetRequiredService<ParkedAnswers>();
            var done = await answers.FindAsync(parsed.GetValue(id), ct) is { } answer && await answers.DismissAsync(answer, parsed.GetValue(by)!, parsed.GetValue(because)!, ct);
            Console.WriteLine(done ? "dismissed" : "There is no open answer of that id.");

            return done ? 0 : 1;
        });

        return command;
    }

    private static Argument<Guid> Id() => new("id");
}
