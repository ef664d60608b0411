using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Billing.Api.Hosting;

namespace Billing.Api.Operations.Cli;

/// <summary>billing serve: the API and its jobs, until it is stopped.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    public static Command Create()
    {
        var urls = new Option<string?>("--urls")
        {
            Description = $"Where it listens; several with semicolons. Default: {BillingApp.DefaultAddress}.",
            HelpName = "URL",
        };
        urls.Validators.Add(Check);
        var command = new Command(
            Name,
            "The API and its jobs, until it is stopped. docs/configuration.md lists its settings.")
        {
            urls,
        };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(urls)));

        return command;
    }

    private static async Task<int> RunAsync(string? urls)
    {
        await using var app = BillingApp.Build(urls is null ? [] : ["--urls", urls]);
        HttpsCertificate.Check(app.Services, app.Configuration);

        // The host has its own handlers of signals: it lets calls under way end.
        await BillingApp.RunAsync(app, CancellationToken.None);

        return 0;
    }

    private static void Check(OptionResult result)
    {
        var given = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var wrong = given.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(url => !IsAddress(url));

        if (wrong is not null || given == "")
        {
            result.AddError($"--urls '{wrong}' is no address like {BillingApp.DefaultAddress}.");
        }
    }

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", Port: <= IPEndPoint.MaxPort };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
