using System.CommandLine;
using System.Globalization;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Operations.Cli;

/// <summary>
/// billing archive --closed-before DATE: archives streams of closed preapprovals that are over, while the service
/// works.
/// </summary>
internal static class ArchiveCommand
{
    public static Command Create()
    {
        var before = new Option<string>("--closed-before")
        {
            Required = true, Description = "A date, like 2026-01-31: what was closed before that day begins (UTC).",
        };
        var site = new Option<string?>("--site") { Description = "SiteID; left out: all that are configured." };
        var command = new Command(
            "archive",
            "Mark the streams of closed preapprovals as archived; a later event takes its stream out of the archive.")
        {
            before, site,
        };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(before), parsed.GetValue(site), ct));

        return command;
    }

    private static async Task<int> RunAsync(string? before, string? site, CancellationToken ct)
    {
        using var host = CliHost.Open();
        await CliHost.FollowClockAsync(host, ct);

        var now = host.Services.GetRequiredService<BusinessClock>().GetUtcNow();

        if (!DateOnly.TryParseExact(
            before, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) > now)
        {
            throw new SettingException("--closed-before", "must be a date that has come, like 2026-01-31.");
        }

        IEnumerable<string> sites = site is not null
            ? [OneSite.Of(host, site)]
            : host.Services.GetRequiredService<SiteRegister>().Ids.Order(StringComparer.Ordinal);

        foreach (var one in sites)
        {
            var archived = await ConsoleProgress.ShowAsync(begin => host.Services.GetRequiredService<ArchiveClosed>()
                .RunAsync(
                    one, new(day, TimeOnly.MinValue, TimeSpan.Zero), begin($"archive {one}", "streams"), ct));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"archive {one}: {archived.Streams} streams, {archived.Events} events, "
                + $"{archived.Kept.Values.Sum()} kept{Why(archived)}"));
        }

        return 0;
    }

    private static string Why(Archived archived) => archived.Kept.Count == 0
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $" ({string.Join(", ", archived.Kept.Select(kept => $"{kept.Key} {kept.Value}"))})");
}
