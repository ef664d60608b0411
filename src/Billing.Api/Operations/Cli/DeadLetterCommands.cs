using System.CommandLine;
using System.Globalization;

namespace Billing.Api.Operations.Cli;

/// <summary>billing dead-letters list · replay.</summary>
internal static class DeadLetterCommands
{
    public static Command Create() => new("dead-letters", "Messages that failed for good.") { List(), Replay() };

    private static Command List()
    {
        var command = new Command("list", "Show them; never their bodies.");
        command.SetAction(async (_, ct) =>
        {
            using var host = CliHost.Open();
            var count = 0;

            await foreach (var letter in host.Services.GetRequiredService<DeadLetters>().ListAsync(null, ct))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{letter.Id}  {letter.FailedAt:O}  {letter.Message}  {letter.Site}  attempts {letter.Attempts}  "
                    + $"{letter.Reason}"
                    + $"{(letter.IsReplaying ? "  replaying" : "")}"));
                count++;
            }

            Console.WriteLine($"{count} dead letters");

            return 0;
        });

        return command;
    }

    private static Command Replay()
    {
        var id = new Argument<string>("id") { Description = "A message id, or all." };
        var command = new Command(
            "replay", "Have a dead letter handled once more by a running node. Nothing is written or sent twice.")
        {
            id,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = CliHost.Open();
            var (letters, named) = (host.Services.GetRequiredService<DeadLetters>(), parsed.GetValue(id)!);
            var replayed = named == "all" ? await letters.ReplayAllAsync(ct)
                : Guid.TryParse(named, out var one) && await letters.ReplayAsync(null, one) ? 1 : 0;
            Console.WriteLine($"{replayed} replayed");

            return replayed > 0 || named == "all" ? 0 : 1;
        });

        return command;
    }
}
