using System.CommandLine;
using System.Globalization;
using Billing.Messaging;

namespace Billing.Api.Cli;

/// <summary>billing dead-letters list · replay.</summary>
internal static class DeadLetterCommands
{
    private const int Page = 200;

    public static Command Create() => new("dead-letters", "Messages that could not be done.") { List(), Replay() };

    private static Command List()
    {
        var command = new Command("list", "Show them, oldest first.");
        command.SetAction(async (_, ct) =>
        {
            await using var services = Books.Open();
            var (letters, count, last) = (services.GetRequiredService<DeadLetters>(), 0, (DeadLetter?)null);

            while (await letters.ListAsync(Page, last, ct) is { Count: > 0 } page)
            {
                foreach (var letter in page)
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{letter.MessageId}  {letter.DiedAt:O}  {letter.Name}  {letter.Tenant}/{letter.StreamId}  claims {letter.Claims}  {letter.Reason}"));
                }

                (count, last) = (count + page.Count, page[^1]);
            }

            Console.WriteLine($"{count} dead letters");

            return 0;
        });

        return command;
    }

    private static Command Replay()
    {
        var id = new Argument<string>("id") { Description = "A message id, or all." };
        var command = new Command("replay", "Put a dead letter back to work. A submission that was ever claimed asks the gateway before it sends.") { id };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            var letters = services.GetRequiredService<DeadLetters>();
            var named = parsed.GetValue(id)!;
            var replayed = named == "all" ? await letters.ReplayAllAsync(ct) : Guid.TryParse(named, out var one) && await letters.ReplayAsync(one, ct) ? 1 : 0;
            Console.WriteLine($"{replayed} replayed");

            return replayed > 0 || named == "all" ? 0 : 1;
        });

        return command;
    }
}
