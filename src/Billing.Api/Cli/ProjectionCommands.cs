using System.CommandLine;
using System.Globalization;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Cli;

/// <summary>billing projections list · resume: those that follow the log.</summary>
internal static class ProjectionCommands
{
    public static Command Create() => new("projections", "What is written from the log, some time after the events.") { List(), Resume() };

    private static Command List()
    {
        var command = new Command("list", "Show how far each is behind, who holds it, why it stopped, and what stalls them all.");
        command.SetAction(async (_, ct) =>
        {
            await using var services = Books.Open();
            var lag = await LogLag.AskAsync(services.GetRequiredService<NpgsqlDataSource>(), ct);
            foreach (var p in lag.Projections)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{p.Name}  {p.EventsBehind} events, {p.SecondsBehind:0.0} s behind  holder {p.Holder ?? "none"}{Trouble(p)}"));
            }

            if (lag.StalledBy is { } stall)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"held back for {stall.HeldBackSeconds:0.0} s by {(stall.Pid is { } pid ? $"pid {pid}" : $"prepared transaction {stall.PreparedId}")}  {stall.ApplicationName}  {stall.Database}  {stall.State}"));
            }

            return 0;
        });

        return command;
    }

    private static Command Resume()
    {
        var names = Projections.Async.Select(projection => projection.Name).ToArray();
        var name = new Argument<string>("name") { Description = string.Join(" or ", names) };
        name.AcceptOnlyFromAmong(names);
        var command = new Command("resume", "Try a stopped one again now.") { name };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            await services.GetRequiredService<AsyncProjections>().ResumeAsync(parsed.GetValue(name)!, ct);
            Console.WriteLine($"{parsed.GetValue(name)} is tried again");

            return 0;
        });

        return command;
    }

    private static string Trouble(ProjectionLag p) => p.Reason is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"  {(p.StoppedAt is { } since ? $"stopped since {since:O}" : "failing")} at {p.FailedAtEvent}: {p.Reason}; again at {p.RetryAt:O}");
}
