using System.CommandLine;
using System.Globalization;
using Billing.Api.Operations.Audit;

namespace Billing.Api.Operations.Cli;

/// <summary>billing audit verify · replay · drift · dismiss.</summary>
internal static class AuditCommands
{
    private const int MostShown = 50;

    public static Command Create() =>
        new("audit", "Prove that the history is whole and that every view equals replay.")
        {
            Verify(), ReplayCommand.Create(), DriftCommand.Create(), DriftCommand.Dismiss(),
        };

    private static Command Verify()
    {
        var command = new Command(
            "verify",
            "Compare every event with the log, and every view and guard with replay. "
            + "Exit code 1: something differs, or was not compared.");
        command.SetAction((_, ct) => VerifyAsync(ct));

        return command;
    }

    private static async Task<int> VerifyAsync(CancellationToken ct)
    {
        using var host = CliHost.Open();
        var auditor = host.Services.GetRequiredService<Auditor>();
        var report = await ConsoleProgress.ShowAsync(begin => auditor.VerifyAsync(
            begin("audit verify, log", "entries"), begin("audit verify", "streams"), ct));

        foreach (var difference in report.Differences.Take(MostShown))
        {
            Console.WriteLine($"  {difference}");
        }

        if (report.Differences.Count > MostShown)
        {
            Console.WriteLine($"  … and {report.Differences.Count - MostShown} more");
        }

        if (report.Behind is { } behind)
        {
            Console.WriteLine($"  {behind}");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"audit verify: {report.Streams} streams, {report.Events} events, {report.Differences.Count} differences"));

        // What was not compared is not proved.
        return report.Differences.Count == 0 && report.Behind is null ? 0 : 1;
    }
}
