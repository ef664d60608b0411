using System.CommandLine;
using System.Globalization;
using System.Text;
using Billing.Api.Notifications;
using Billing.Api.Notifying;
using Billing.Api.Subscriptions;

namespace Billing.Api.Cli;

/// <summary>billing notifications list · show · replay: what the gateway told, and what became of it.</summary>
internal static class NotificationCommands
{
    private const int Page = 200;

    public static Command Create() => new("notifications", "What the gateway told, and what became of it.") { List(), Show(), Replay() };

    private static Command List()
    {
        var (site, status, kind, reference, since) = (Site(), Status(), Kind(), Reference(), Since());
        var limit = new Option<int>("--limit") { DefaultValueFactory = _ => 50, Description = "How many at most." };
        var command = new Command("list", "Show them, newest first; nothing personal.") { site, status, kind, reference, since, limit };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            var (tenant, views) = (OneSite.Of(services, parsed.GetValue(site)), services.GetRequiredService<NotificationViews>());
            var filter = NotificationEndpoints.Filter(parsed.GetValue(status), parsed.GetValue(kind), parsed.GetValue(reference), parsed.GetValue(since));
            var (left, after) = (Math.Max(0, parsed.GetValue(limit)), ((DateTimeOffset, Guid)?)null);
            var count = 0;

            while (left > 0 && await views.ListAsync(tenant, filter, after, Math.Min(Page, left), ct) is { Notifications: { Count: > 0 } page })
            {
                foreach (var one in page)
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{one.Id}  {one.ReceivedAt:O}  {one.Outcome ?? one.Status}  {one.Kind ?? "-"}  {one.Reference ?? "-"}  {one.GatewayId?.ToString(CultureInfo.InvariantCulture) ?? "-"}  {one.Reason}"));
                }

                (count, left, after) = (count + page.Count, left - page.Count, (page[^1].ReceivedAt, page[^1].Id));
            }

            Console.WriteLine($"{count} notifications");

            return 0;
        });

        return command;
    }

    private static Command Show()
    {
        var (id, site) = (new Argument<Guid>("id"), Site());
        var withBody = new Option<bool>("--body") { Description = "Its body too, which is personal data." };
        var command = new Command("show", "One of them: when, what, what became of it and why.") { id, site, withBody };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            var (tenant, views) = (OneSite.Of(services, parsed.GetValue(site)), services.GetRequiredService<NotificationViews>());

            if (await views.FindAsync(tenant, parsed.GetValue(id), ct) is not { } one)
            {
                return await NotThereAsync(tenant, parsed.GetValue(id));
            }

            Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(one, OurJson.Default.NotificationView));
            Console.WriteLine($"headers {await views.HeadersAsync(tenant, one.Id, ct)}");
            Console.WriteLine(one.Explanation);

            if (parsed.GetValue(withBody))
            {
                var body = await services.GetRequiredService<NotificationLog>().OpenAsync(tenant, one.Id, ct);
                Console.WriteLine(body is null ? "Its body is gone: it expired, or its person was forgotten." : Encoding.UTF8.GetString(body));
            }

            return 0;
        });

        return command;
    }

    private static Command Replay()
    {
        var id = new Argument<Guid?>("id") { Arity = ArgumentArity.ZeroOrOne, Description = "One of them; or choose by --status." };
        var (site, status, kind, reference, since) = (Site(), Status(), Kind(), Reference(), Since());
        var command = new Command("replay", "Read them once more, by the same path: what they tell is recorded once, however often.") { id, site, status, kind, reference, since };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            await Books.FollowClockAsync(services, ct);
            var (tenant, replay) = (OneSite.Of(services, parsed.GetValue(site)), services.GetRequiredService<NotificationReplay>());

            if (parsed.GetValue(id) is { } one)
            {
                if (!await replay.RunAsync(tenant, one, Environment.UserName, ct))
                {
                    return await NotThereAsync(tenant, one);
                }

                Console.WriteLine("1 handed on");
                return 0;
            }

            if (parsed.GetValue(status) is null)
            {
                await Console.Error.WriteLineAsync("Name a notification, or choose some by --status.");
                return 1;
            }

            var filter = NotificationEndpoints.Filter(parsed.GetValue(status), parsed.GetValue(kind), parsed.GetValue(reference), parsed.GetValue(since));
            Console.WriteLine($"{await replay.RunAsync(tenant, filter, Environment.UserName, ct)} handed on");

            return 0;
        });

        return command;
    }

    private static async Task<int> NotThereAsync(string tenant, Guid id)
    {
        await Console.Error.WriteLineAsync($"Site {tenant} has no notification {id}, or its body is gone.");
        return 1;
    }

    private static Option<string?> Site() => new("--site") { Description = "SiteID; the only one, if there is one only." };

    private static Option<string?> Status() => new("--status") { Description = string.Join(", ", NotificationFilter.Statuses) };

    private static Option<string?> Kind() => new("--kind") { Description = "Payment, Preapproval, or any other root key." };

    private static Option<string?> Reference() => new("--reference") { Description = "The merchant's id or the gateway's number of a preapproval or payment." };

    private static Option<string?> Since() => new("--since") { Description = "Received then or later, for example 2026-01-31T09:00:00Z." };
}
