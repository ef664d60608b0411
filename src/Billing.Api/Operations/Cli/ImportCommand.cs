using System.CommandLine;
using System.Globalization;
using System.IO.Pipelines;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Imports;
using Spectre.Console;

namespace Billing.Api.Operations.Cli;

/// <summary>billing import: subscriptions that another system has charged so far.</summary>
internal static class ImportCommand
{
    private const int MostShown = 100;
    private static readonly TimeSpan ShowEvery = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var file = new Argument<FileInfo?>("file")
        {
            Description = "One row for each preapproval: CSV with a header if it ends in .csv, else NDJSON.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (site, dryRun) = (OneSite.Option(), new Option<bool>("--dry-run")
        {
            Description = "Only compare the rows with the gateway. --run imports them afterwards.",
        });
        var goOn = Id("--continue", "Go on with an import or a dry run that was interrupted.");
        var run = Id("--run", "Import what a dry run has found nothing against.");
        var command = new Command(
            "import",
            "Import subscriptions that another system has charged so far. Exit code 1 when rows are refused.")
        {
            file, site, dryRun, goOn, run,
        };
        command.Validators.Add(result =>
        {
            var given = (result.GetValue(file) is null ? 0 : 1) + (result.GetValue(goOn) is null ? 0 : 1)
                + (result.GetValue(run) is null ? 0 : 1);

            if (given != 1)
            {
                result.AddError("Name one of FILE, --continue ID and --run ID.");
            }
        });
        command.SetAction((parsed, ct) => RunAsync(
            parsed.GetValue(site), parsed.GetValue(file), parsed.GetValue(dryRun), parsed.GetValue(goOn),
            parsed.GetValue(run), ct));

        return command;
    }

    private static async Task<int> RunAsync(
        string? named, FileInfo? file, bool isDryRun, Guid? goOn, Guid? run, CancellationToken ct)
    {
        if (file is { Exists: false })
        {
            await Console.Error.WriteLineAsync($"There is no file {file.FullName}.");

            return 1;
        }

        using var host = await CliHost.OpenForSealingAsync(ct);
        await CliHost.FollowClockAsync(host, ct);
        var site = OneSite.Of(host, named);
        var log = host.Services.GetRequiredService<ImportLog>();

        if (run is { } ready && !await log.RunAsync(site, ready, ct))
        {
            return NotFound();
        }

        var id = goOn ?? run ?? await ReceiveAsync(host, site, file!, isDryRun, ct);

        if (await log.FindAsync(site, id, ct) is not { } before)
        {
            return NotFound();
        }

        Console.WriteLine($"import {id}: {before.Rows} rows. If it is interrupted: ./billing import --continue {id}");
        var view = await WorkAsync(host, site, id, log, ct);
        await PrintRefusedAsync(log, view, ct);
        Console.WriteLine(Line(view));

        return view is { Refused: 0, Cancelled: 0 } ? 0 : 1;
    }

    private static async Task<Guid> ReceiveAsync(
        IHost host, string site, FileInfo file, bool isDryRun, CancellationToken ct)
    {
        await using var content = file.OpenRead();

        return await host.Services.GetRequiredService<ImportReceiver>().ReceiveAsync(
            site, PipeReader.Create(content), file.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase),
            isDryRun, "import", ct);
    }

    // A running service may have it: then its progress is shown, and what it leaves is done here.
    private static Task<ImportView> WorkAsync(IHost host, string site, Guid id, ImportLog log, CancellationToken ct)
    {
        var work = host.Services.GetRequiredService<ImportWork>();
        var pause = host.Services.GetRequiredService<ChargingOptions>().AskAgain;

        return ShowAsync(async show =>
        {
            using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var working = Task.Run(async () =>
            {
                while (true)
                {
                    var progress = await work.RunAsync(site, done.Token);
                    await Task.Delay(progress is ImportProgress.SomeWait ? pause : ShowEvery, done.Token);
                }
            }, done.Token);

            try
            {
                while (true)
                {
                    var view = (await log.FindAsync(site, id, ct))!;
                    show(view);

                    if (view.IsAtRest)
                    {
                        return view;
                    }

                    // What ends the work early is thrown here.
                    if (await Task.WhenAny(working, Task.Delay(ShowEvery, ct)) == working)
                    {
                        await working;
                    }
                }
            }
            finally
            {
                await done.CancelAsync();
                await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    private static async Task<ImportView> ShowAsync(Func<Action<ImportView>, Task<ImportView>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work(_ => { });
        }

        var terminal = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });

        return await terminal.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(lines =>
            {
                var line = lines.AddTask("import");

                return work(view =>
                {
                    (line.MaxValue, line.Value) = (Math.Max(1, view.Rows), view.Rows - view.Waiting - view.Ready);
                    line.Value = view.State is ImportStates.Checking ? view.Rows - view.Waiting : line.Value;
                    line.Description = Markup.Escape(Line(view));
                });
            });
    }

    private static async Task PrintRefusedAsync(ImportLog log, ImportView view, CancellationToken ct)
    {
        var refused = await log.RowsAsync(view.Id, RowStates.Refused, 0, MostShown, ct);
        var table = new Table("ROW", "PREAPPROVAL", "CODE", "REFUSED BECAUSE");

        foreach (var row in refused.Rows)
        {
            table.Add($"{row.Row}", $"{row.PreapprovalId}", row.Code, row.Detail);
        }

        table.Print();

        if (refused.Next is not null)
        {
            Console.WriteLine(
                $"… and {view.Refused - refused.Rows.Count} more: GET /v1/imports/{view.Id}/rows?state=refused");
        }
    }

    private static string Line(ImportView it) => string.Create(
        CultureInfo.InvariantCulture,
        $"import {it.State}: {it.Rows} rows, {it.Waiting} waiting, {it.Ready} ready, {it.Imported} imported, "
        + $"{it.Refused} refused, {it.Cancelled} cancelled");

    private static int NotFound()
    {
        Console.WriteLine("There is no such import on this site.");

        return 1;
    }

    private static Option<Guid?> Id(string name, string description) => new(name)
    {
        Description = description, HelpName = "ID", CustomParser = Values.ReadId,
    };
}
