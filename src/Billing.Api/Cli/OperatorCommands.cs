using System.CommandLine;
using Billing.Api.Forgetting;
using Billing.Api.Recovering;
using Billing.Api.Resolving;
using Billing.Api.Subscriptions;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Cli;

/// <summary>billing operator resolve · resolve-refund · recover · forget: decisions of a named person, each an event.</summary>
internal static class OperatorCommands
{
    public static Command Create() => new("operator", "Decisions of a named person.") { ResolveCommands.Charge(), ResolveCommands.Refund(), Recover(), Forget() };

    private static Command Recover()
    {
        var (site, by) = (Site(), By());
        var limit = new Option<int>("--limit") { DefaultValueFactory = _ => 200, Description = "How many of the newest preapprovals at the gateway to look at." };
        var command = new Command("recover", "Take preapprovals into the books that the gateway has and we have not, and ask again about those that wait for an owner.") { site, by, limit };

        command.SetAction(async (parsed, ct) =>
        {
            await using var services = await OpenAsync(ct);
            var tenant = OneSite.Of(services, parsed.GetValue(site));

            if (await services.GetRequiredService<Recovery>().RunAsync(tenant, parsed.GetValue(limit), parsed.GetValue(by)!, ct) is not { } recovered)
            {
                await Console.Error.WriteLineAsync("The gateway could not be asked; nothing was changed. Try again later.");
                return 1;
            }

            var asked = await services.GetRequiredService<Recovery>().AskAgainAsync(tenant, parsed.GetValue(by)!, ct);
            Console.WriteLine($"{asked} asked again; the running service records what the gateway says.");
            Console.WriteLine($"{recovered.Count} recovered{(recovered.Count == 0 ? "" : $": {string.Join(", ", recovered)}")}");

            return 0;
        });

        return command;
    }

    private static Command Forget()
    {
        var id = new Argument<Guid>("id") { Description = "The subscription's id." };
        var (site, by) = (Site(), By());
        var command = new Command("forget", "Destroy the key of one stream: amounts, dates and hashes stay, the person is gone. There is no way back.") { id, site, by };

        command.SetAction(async (parsed, ct) =>
        {
            await using var services = await OpenAsync(ct);
            var key = new StreamKey(OneSite.Of(services, parsed.GetValue(site)), parsed.GetValue(id));
            var done = await services.GetRequiredService<ForgetCustomer>().RunAsync(key, parsed.GetValue(by)!, ct);
            Console.WriteLine(done ? $"{key.Id} is forgotten." : $"{key.Id} does not exist, or was forgotten before.");

            return done ? 0 : 1;
        });

        return command;
    }

    internal static Option<string?> Site() => new("--site") { Description = "SiteID; may be left out where only one is configured." };

    internal static Option<string> By() => new("--by") { Required = true, Description = "Who decides; stands in the stream for ever." };

    internal static async Task<ServiceProvider> OpenAsync(CancellationToken ct)
    {
        var services = Books.Open();
        await Books.FollowClockAsync(services, ct);

        return services;
    }
}
