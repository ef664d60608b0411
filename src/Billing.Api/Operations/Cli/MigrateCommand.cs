using System.CommandLine;
using Billing.Api.Hosting;
using Marten;
using Npgsql;
using Weasel.Core;

namespace Billing.Api.Operations.Cli;

/// <summary>billing migrate: brings the schema up to date; the service does the same when it starts.</summary>
internal static class MigrateCommand
{
    // Only a schema that was made to be thrown away may be dropped by a verb.
    private const string Droppable = "billing_demo";

    public static Command Create()
    {
        var drop = new Option<string?>("--drop-schema")
        {
            Description = $"Drops this schema and stops there; only {Droppable} may be dropped.",
        };
        var command = new Command("migrate", "Bring the schema up to date.") { drop };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(drop), ct));

        return command;
    }

    private static async Task<int> RunAsync(string? drop, CancellationToken ct)
    {
        if (drop is not null)
        {
            return await DropAsync(drop, ct);
        }

        using var host = CliHost.Open();
        var changes = await host.Services.GetRequiredService<IDocumentStore>().Storage.CreateMigrationAsync();
        await BillingApp.MigrateAsync(host.Services, ct);
        Console.WriteLine(changes.Difference is SchemaPatchDifference.None
            ? "The schema is up to date."
            : "The schema was brought up to date.");

        return 0;
    }

    private static async Task<int> DropAsync(string schema, CancellationToken ct)
    {
        if (schema != Droppable)
        {
            await Console.Error.WriteLineAsync(
                $"Only {Droppable} may be dropped this way: every other schema may hold customers' data.");
            return 1;
        }

        var connection = BillingOptions.Read(CliHost.Configuration()).GetRequiredService<ConnectionOptions>();
        await using var dataSource = NpgsqlDataSource.Create(Database.Of(connection.Billing!).ConnectionString);
        await using var command = dataSource.CreateCommand($"drop schema if exists {Droppable} cascade");
        await command.ExecuteNonQueryAsync(ct);
        Console.WriteLine($"Dropped {Droppable}.");

        return 0;
    }
}
