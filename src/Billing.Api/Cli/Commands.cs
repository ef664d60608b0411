using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Npgsql;

namespace Billing.Api.Cli;

/// <summary>Table of contents of the verbs behind <c>./billing</c>. Configuration is the service's own: environment and appsettings.</summary>
public static class Commands
{
    private const int WrongConfiguration = 2;
    private const int DatabaseAway = 3; // Or not fit for the books.

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            // The host reads its own arguments (--urls and the like): only its verb is ours.
            if (args is ["serve", .. var rest])
            {
                await using var app = BillingApp.Build([.. rest]);
                await BillingApp.RunAsync(app, CancellationToken.None);

                return 0;
            }

            var root = new RootCommand("Billing: subscription billing on GlobalPay preapprovals.")
            {
                new Command("serve", "The API and its jobs; takes ASP.NET Core's arguments, for example --urls http://127.0.0.1:5080."),
                MigrateCommand.Create(),
                AuditCommands.Create(),
                RebuildCommand.Create(),
                ArchiveCommand.Create(),
                ProjectionCommands.Create(),
                DeadLetterCommands.Create(),
                NotificationCommands.Create(),
                AnswerCommands.Create(),
                OperatorCommands.Create(),
                HealthCommand.Create(),
            };

            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (SettingException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return WrongConfiguration;
        }
        catch (SchemaException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return DatabaseAway;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Choose another one with --urls.");
            return WrongConfiguration;
        }
        catch (Domain.RuleViolation e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (NpgsqlException e)
        {
            await Console.Error.WriteLineAsync($"The database does not do what was asked: {e.Message}");
            return DatabaseAway;
        }
    }
}
