using System.CommandLine;
using Npgsql;

namespace Billing.Api.Cli;

/// <summary>billing migrate: brings the schema up to date; the service does the same when it starts.</summary>
internal static class MigrateCommand
{
    // Only what is made to be thrown away may be dropped by a verb.
    private const string Droppable = "billing_demo";

    public static Command Create()
    {
        var drop = new Option<string?>("--drop-schema") { Description = $"Drops this schema first and stops there; only {Droppable} may be dropped." };
        var command = new Command("migrate", "Bring the schema up to date.") { drop };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(drop), ct));

        return command;
    }

    private static async Task<int> RunAsync(string? drop, CancellationToken ct)
    {
        await using var books = BillingServices.Books(Books.Configuration());

        if (drop is not null)
        {
            return await DropAsync(books, drop, ct);
        }

        var applied = await BillingServices.MigrateAsync(BillingServices.Schema(books), ct);
        Console.WriteLine(applied.Count == 0 ? "The schema is up to date." : $"Applied: {string.Join(", ", applied)}.");

        return 0;
    }

    private static async Task<int> DropAsync(NpgsqlDataSource books, string schema, CancellationToken ct)
    {
        if (schema != Droppable)
        {
            await Console.Error.WriteLineAsync($"Only {Droppable} may be dropped this way: everything else holds books.");
            return 1;
        }

        await using var command = books.CreateCommand($"drop schema if exists {Droppable} cascade");
        await command.ExecuteNonQueryAsync(ct);
        Console.WriteLine($"Dropped {Droppable}.");

        return 0;
    }
}
