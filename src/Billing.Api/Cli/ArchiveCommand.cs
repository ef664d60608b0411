using System.CommandLine;
using System.Globalization;
using Billing.Api.Archiving;
using Billing.Api.Sites;

namespace Billing.Api.Cli;

/// <summary>billing archive --closed-before DATE: marks streams of closed preapprovals that are over, while the service goes on.</summary>
internal static class ArchiveCommand
{
    public static Command Create()
    {
        var before = new Option<string>("--closed-before") { Required = true, Description = "A date, like 2026-01-31: what was closed before that day begins (UTC)." };
        var site = new Option<string?>("--site") { Description = "SiteID; left out: all that are configured." };
        var command = new Command("archive", "Mark the streams of closed preapprovals as archived; whoever hears of one later takes it out again.") { before, site };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            await Books.FollowClockAsync(services, ct);
            if (!DateOnly.TryParseExact(parsed.GetValue(before), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                || day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) > services.GetRequiredService<TimeProvider>().GetUtcNow())
            {
                throw new SettingException("--closed-before", "must be a date that has come, like 2026-01-31.");
            }

            IEnumerable<string> sites = parsed.GetValue(site) is { } named ? [OneSite.Of(services, named)] : services.GetRequiredService<SiteRegister>().Ids.Order(StringComparer.Ordinal);
            foreach (var tenant in sites)
            {
                var progress = new ConsoleProgress($"archive {tenant}");
                var archived = await services.GetRequiredService<ArchiveClosed>().RunAsync(tenant, new(day, TimeOnly.MinValue, TimeSpan.Zero), progress, ct);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"archive {tenant}: {archived.Streams} streams, {archived.Events} events, {archived.Kept.Values.Sum()} kept{Why(archived)}"));
            }

            return 0;
        });

        return command;
    }

    private static string Why(Archived archived) => archived.Kept.Count == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" ({string.Join(", ", archived.Kept.Select(kept => $"{kept.Key} {kept.Value}"))})");
}
