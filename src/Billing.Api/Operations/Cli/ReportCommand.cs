using System.CommandLine;
using Billing.Api.Hosting.Clock;
using Billing.Api.Reports;

namespace Billing.Api.Operations.Cli;

/// <summary>billing report payments-by-day · recurring-revenue · arrears.</summary>
internal static class ReportCommand
{
    public static Command Create() =>
        new("report", "Print a report of one site, as CSV by default.")
        {
            OfRange(
                ReportQueries.Payments, "Charges, refunds, disputes and what went back, by day in UTC.",
                "like 2026-01-31", "30 days until today"),
            OfRange(
                ReportQueries.Revenue, "Monthly recurring revenue and what changed it, by month.",
                "like 2026-01", "12 months until this one"),
            Now(ReportQueries.Arrears, "What is due and not paid, by age."),
        };

    private static Command OfRange(string name, string description, string form, string fallback)
    {
        var from = new Option<string?>("--from") { Description = $"The first, {form}. Default: {fallback}." };
        var to = new Option<string?>("--to") { Description = $"The last, {form}." };
        var command = Now(name, description, from, to);
        command.Add(from);
        command.Add(to);

        return command;
    }

    private static Command Now(
        string name, string description, Option<string?>? from = null, Option<string?>? to = null)
    {
        var (site, format) = (OneSite.Option(), Format());
        var command = new Command(name, description) { site, format };
        command.SetAction((parsed, ct) => PrintAsync(
            name, parsed.GetValue(site), from is null ? null : parsed.GetValue(from),
            to is null ? null : parsed.GetValue(to), parsed.GetValue(format)!, ct));

        return command;
    }

    private static async Task<int> PrintAsync(
        string name, string? named, string? from, string? to, string format, CancellationToken ct)
    {
        using var host = CliHost.Open();
        var site = OneSite.Of(host, named);
        await CliHost.FollowClockAsync(host, ct);
        var now = host.Services.GetRequiredService<BusinessClock>().GetUtcNow();

        try
        {
            var report = await host.Services.GetRequiredService<ReportReader>()
                .WriteAsync(name, site, from, to, format, now, ct);
            Console.WriteLine(report.Text.TrimEnd('\r', '\n'));

            return 0;
        }
        catch (ReportsIncompleteException incomplete)
        {
            await Console.Error.WriteLineAsync(incomplete.Message);

            return 1;
        }
    }

    private static Option<string> Format()
    {
        var format = new Option<string>("--format")
        {
            Description = string.Join(", ", ReportFormat.Names), DefaultValueFactory = _ => "csv",
        };
        format.AcceptOnlyFromAmong([.. ReportFormat.Names]);

        return format;
    }
}
