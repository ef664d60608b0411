using System.CommandLine;
using System.CommandLine.Help;
using System.Net.Sockets;
using Billing.Api.Hosting;
using JasperFx;
using Microsoft.AspNetCore.Connections;
using Npgsql;

namespace Billing.Api.Operations.Cli;

/// <summary>
/// Table of contents of the verbs behind <c>./billing</c>. Configuration is the service's own: environment and
/// appsettings.
/// </summary>
public static class Commands
{
    private const int WrongConfiguration = 2;
    private const int DatabaseUnavailable = 3; // Or it has another schema.
    private const int Interrupted = 130; // As shells report an interrupt.

    // Marten's and Wolverine's own.
    private static readonly string[] LibraryVerbs =
        ["resources", "projections", "storage", "codegen", "check-env", "db-assert", "db-patch", "db-apply"];

    // These would delete events, documents or durable messages. Events are never deleted.
    private static readonly (string Verb, string Action)[] Destructive =
        [("resources", "clear"), ("resources", "teardown"), ("storage", "clear"), ("storage", "rebuild")];

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await InvokeAsync(args);
        }
        catch (SettingException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return WrongConfiguration;
        }
        catch (Exception e) when (args is [ServeCommand.Name, ..] && IsOfAddress(e))
        {
            await Console.Error.WriteLineAsync($"{e.Message} Choose another one with --urls.");
            return WrongConfiguration;
        }
        catch (Domain.RuleViolation e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Interrupted. What was recorded stays; run it again to go on.");
            return Interrupted;
        }
        catch (DatabaseUnavailableException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return DatabaseUnavailable;
        }
        catch (Exception e) when (DatabaseErrorIn(e) is { } error)
        {
            await Console.Error.WriteLineAsync(error is PostgresException
            {
                SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName
            }
                ? "This database has no tables of Billing, or not all of them. Run: ./billing migrate"
                : $"The database refused or did not answer: {error.Message}");
            return DatabaseUnavailable;
        }
    }

    private static async Task<int> InvokeAsync(string[] args)
    {
        if (args is [var verb, .. var more] && LibraryVerbs.Contains(verb))
        {
            if (Destructive
                    .FirstOrDefault(it => it.Verb == verb && more.Contains(it.Action, StringComparer.OrdinalIgnoreCase))
                is { Action: { } action })
            {
                await Console.Error.WriteLineAsync(
                    $"{verb} {action} would delete stored events or messages, and events are never deleted. "
                    + "To begin with an empty database, drop its schema yourself and run migrate.");

                return WrongConfiguration;
            }

            await using var app = BillingApp.Build([]);

            return await app.RunJasperFxCommands(args);
        }

        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false };

        if (args is [ServeCommand.Name, ..])
        {
            invocation.ProcessTerminationTimeout = null;
        }

        return await Root().Parse(args).InvokeAsync(invocation);
    }

    // A RootCommand would be called after the assembly in every usage line.
    internal static Command Root() => new(
        "./billing",
        "Billing: subscription billing on GlobalPay preapprovals. "
        + $"The libraries' own verbs are {string.Join(", ", LibraryVerbs)}.")
    {
        new HelpOption(),
        new VersionOption(),
        ServeCommand.Create(),
        MigrateCommand.Create(),
        AuditCommands.Create(),
        RebuildCommand.Create(),
        ImportCommand.Create(),
        ReportCommand.Create(),
        PriceChangeCommand.Create(),
        ArchiveCommand.Create(),
        DeadLetterCommands.Create(),
        NotificationCommands.Create(),
        AnswerCommands.Create(),
        OperatorCommands.Create(),
        AttentionCommand.Create(),
        ExplainCommand.Create(),
        HealthCommand.Create(),
    };

    // Where serve is to listen.
    private static bool IsOfAddress(Exception error) => error
        is IOException { InnerException: AddressInUseException }
        or SocketException
        {
            SocketErrorCode: SocketError.AccessDenied or SocketError.AddressAlreadyInUse
                or SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported,
        };

    private static Exception? DatabaseErrorIn(Exception error) => error switch
    {
        NpgsqlException or SocketException => error,

        // Of another host.
        HttpRequestException => null,
        _ => error.InnerException is { } inner ? DatabaseErrorIn(inner) : null,
    };
}
