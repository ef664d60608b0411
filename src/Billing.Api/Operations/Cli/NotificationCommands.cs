using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Billing.Api.Notifications;

namespace Billing.Api.Operations.Cli;

/// <summary>
/// billing notifications list · show · replay · dismiss: what the gateway sent, and what was done with it.
/// </summary>
internal static class NotificationCommands
{
    private const int Page = 200;

    public static Command Create() =>
        new("notifications", "What the gateway sent, and what was done with it.")
        {
            List(), Show(), Replay(), Dismiss(),
        };

    private static Command List()
    {
        var (site, status, kind, reference, since) = (OneSite.Option(), Status(), Kind(), Reference(), Since());
        var limit = Values.Limit(50, "How many at most.");
        var command = new Command("list", "Show them, newest first; nothing personal.")
        {
            site, status, kind, reference, since, limit,
        };
        command.SetAction((parsed, ct) => ListAsync(
            parsed.GetValue(site),
            () => NotificationEndpoints.Filter(
                parsed.GetValue(status), parsed.GetValue(kind), parsed.GetValue(reference), parsed.GetValue(since)),
            parsed.GetValue(limit), ct));

        return command;
    }

    private static async Task<int> ListAsync(
        string? named, Func<NotificationFilter> read, int left, CancellationToken ct)
    {
        using var host = CliHost.Open();
        var (site, views) = (OneSite.Of(host, named), host.Services.GetRequiredService<NotificationViews>());
        var (filter, after) = (read(), ((DateTimeOffset, Guid)?)null);
        var table = new Table("ID", "RECEIVED AT", "STATUS", "KIND", "REFERENCE", "GATEWAY ID", "REASON");

        while (left > 0
            && await views.ListAsync(site, filter, after, Math.Min(Page, left), ct)
                is { Notifications: { Count: > 0 } page })
        {
            foreach (var one in page)
            {
                table.Add(
                    $"{one.Id}", Table.Local(one.ReceivedAt), one.Outcome ?? one.Status, one.Kind, one.Reference,
                    one.GatewayId?.ToString(CultureInfo.InvariantCulture), one.Reason);
            }

            (left, after) = (left - page.Count, (page[^1].ReceivedAt, page[^1].Id));
        }

        table.Print();
        Console.WriteLine($"{table.Count} notifications");

        return 0;
    }

    private static Command Show()
    {
        var (id, site) = (Values.Id("The notification's id."), OneSite.Option());
        var withBody = new Option<bool>("--body")
        {
            Description = "Its headers and its body too, which are personal data.",
        };
        var command = new Command("show", "One of them: when, what, what was done with it and why.")
        {
            id, site, withBody,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var unseal = parsed.GetValue(withBody);
            using var host = unseal ? await CliHost.OpenForSealingAsync(ct) : CliHost.Open();
            var tenant = OneSite.Of(host, parsed.GetValue(site));
            var views = host.Services.GetRequiredService<NotificationViews>();

            if (await views.FindAsync(tenant, parsed.GetValue(id), ct) is not { } one)
            {
                return await NotFoundAsync(tenant, parsed.GetValue(id));
            }

            Console.WriteLine(JsonSerializer.Serialize(one, NotificationJsonContext.Default.NotificationView));
            Console.WriteLine(one.Explanation);

            if (unseal)
            {
                await PrintBodyAsync(host, tenant, one.Id, ct);
            }

            return 0;
        });

        return command;
    }

    private static async Task PrintBodyAsync(IHost host, string site, Guid id, CancellationToken ct)
    {
        var content = await host.Services.GetRequiredService<NotificationBodies>().FindAsync(site, id, ct);
        Console.WriteLine(content is null
            ? "Its body is gone: it expired, or its person was forgotten."
            : $"headers {content.Headers}\n{Encoding.UTF8.GetString(content.Body)}");
    }

    private static Command Replay()
    {
        var id = Values.OptionalId("One of them; or choose by --status.");
        var (site, status, kind, reference, since) = (OneSite.Option(), Status(), Kind(), Reference(), Since());
        var command = new Command(
            "replay",
            "Have them applied once more by a running node, in the same way: what they say is recorded once.")
        {
            id, site, status, kind, reference, since,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = CliHost.Open();
            var tenant = OneSite.Of(host, parsed.GetValue(site));
            var replay = host.Services.GetRequiredService<NotificationReplay>();

            if (parsed.GetValue(id) is { } one)
            {
                if (!await replay.RunAsync(tenant, one, ct))
                {
                    return await NotFoundAsync(tenant, one);
                }

                Console.WriteLine("1 replayed");
                return 0;
            }

            if (parsed.GetValue(status) is null)
            {
                await Console.Error.WriteLineAsync("Name a notification, or choose some by --status.");
                return 1;
            }

            var filter = NotificationEndpoints.Filter(
                parsed.GetValue(status), parsed.GetValue(kind), parsed.GetValue(reference), parsed.GetValue(since));
            var replayed = await replay.RunAsync(tenant, filter, ct);
            Console.WriteLine($"{replayed} replayed{(replayed == 0 ? ": none of them is like that." : "")}");

            return 0;
        });

        return command;
    }

    private static Command Dismiss()
    {
        var (id, site, by) = (Values.Id("The notification's id."), OneSite.Option(), OperatorCommands.By());
        var command = new Command(
            "dismiss", "Set aside one that waits for a person. It changes nothing, and can still be replayed.")
        {
            id, site, by,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = CliHost.Open();
            var tenant = OneSite.Of(host, parsed.GetValue(site));
            var isDone = await host.Services.GetRequiredService<NotificationReplay>()
                .DismissAsync(tenant, parsed.GetValue(id), parsed.GetValue(by)!, ct);
            Console.WriteLine(isDone ? "dismissed" : "No notification of that id waits for a person.");

            return isDone ? 0 : 1;
        });

        return command;
    }

    private static async Task<int> NotFoundAsync(string site, Guid id)
    {
        await Console.Error.WriteLineAsync($"Site {site} has no notification {id}, or its body is gone.");
        return 1;
    }

    private static Option<string?> Status() =>
        new("--status") { Description = string.Join(", ", NotificationFilter.Statuses) };

    private static Option<string?> Kind() =>
        new("--kind") { Description = "Payment, Preapproval, or any other root key." };

    private static Option<string?> Reference() =>
        new("--reference") { Description = "The merchant's id or the gateway's number of a preapproval or payment." };

    private static Option<string?> Since() =>
        new("--since")
        {
            Description = "Received then or later. RFC 3339 with its offset, for example 2026-01-31T09:00:00Z.",
            HelpName = "T",
        };
}
