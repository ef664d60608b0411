using System.CommandLine;
using System.Globalization;

namespace Billing.Api.Operations.Cli;

/// <summary>billing dead-letters list · replay.</summary>
internal static class DeadLetterCommands
{
    private const string All = "all";

    public static Command Create() => new("dead-letters", "Messages that failed for good.") { List(), Replay() };

    private static Command List()
    {
        var command = new Command("list", "Show them; never their bodies.");
        command.SetAction(async (_, ct) =>
        {
            using var host = CliHost.Open();
            var table = new Table("ID", "FAILED AT", "MESSAGE", "SITE", "ATTEMPTS", "STATE", "REASON");

            await foreach (var letter in host.Services.GetRequiredService<DeadLetters>().ListAsync(null, ct))
            {
                table.Add(
                    $"{letter.Id}", Table.Local(letter.FailedAt), letter.MessageInWords, letter.Site,
                    letter.Attempts.ToString(CultureInfo.InvariantCulture),
                    letter.IsReplaying ? "replaying" : "failed", letter.Sentence);
            }

            table.Print();
            Console.WriteLine($"{table.Count} dead letters");

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
            var letters = host.Services.GetRequiredService<DeadLetters>();
            var named = parsed.GetValue(id)!;

            if (named == All)
            {
                var replayed = await letters.ReplayAllAsync(ct);
                Console.WriteLine($"{replayed} replayed{(replayed == 0 ? ": there are no dead letters." : "")}");

                return 0;
            }

            if (!Guid.TryParse(named, out var one))
            {
                return await RefuseAsync($"'{named}' is neither the id of a dead letter nor '{All}'.");
            }

            if (!await letters.ReplayAsync(null, one))
            {
                return await RefuseAsync($"there is no dead letter {one}. It may have been replayed already.");
            }

            Console.WriteLine("1 replayed");

            return 0;
        });

        return command;
    }

    private static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync(
            $"0 replayed: {why} ./billing dead-letters list shows those that there are.");

        return 1;
    }
}
